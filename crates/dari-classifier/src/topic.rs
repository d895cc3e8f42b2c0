//! What the classifier is trained from.

/// A node above the topics: a subfield, field or domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// Its id, unique among the nodes of its level.
    pub id: i32,
    /// Its English name.
    pub name: String,
}

/// A topic with the words that describe it and its place in the hierarchy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    /// Topic number (T10018 is 10018).
    pub id: i32,
    /// English name.
    pub name: String,
    /// Keywords, most telling first.
    pub keywords: Vec<String>,
    /// The subfield that holds it.
    pub subfield: Level,
    /// The field that holds the subfield.
    pub field: Level,
    /// The domain that holds the field.
    pub domain: Level,
}

/// A text whose topics are known.
#[derive(Debug, Clone, Copy)]
pub struct Example<'a> {
    /// Title, without markup.
    pub title: &'a str,
    /// Abstract, if there is one.
    pub abstract_: Option<&'a str>,
    /// Topics with weights from 0 to 1, the main one first; topics that the classifier was not given are passed over.
    pub topics: &'a [(i32, f32)],
}
