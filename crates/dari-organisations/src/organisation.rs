//! An organisation as the register knows it.

/// An organisation with all that is known of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Organisation {
    /// Id in the lake: of the ROR record where there is one, else the OpenAlex number.
    pub id: i64,
    /// ROR id without resolver: `04h9pn542`.
    pub ror: Option<String>,
    /// OpenAlex institution.
    pub openalex: Option<i64>,
    /// Name to display.
    pub name: String,
    /// All names, the one to display among them.
    pub names: Vec<Name>,
    /// ISO 3166-1 two-letter code.
    pub country: Option<&'static str>,
    /// City.
    pub city: Option<String>,
    /// education, facility, government, company, funder, …
    pub types: Vec<String>,
    /// Whether it still exists.
    pub status: Status,
    /// Year of foundation.
    pub established: Option<i16>,
    /// Web domains without `www.`, lower case.
    pub domains: Vec<String>,
    /// What others are to it.
    pub relations: Vec<Relation>,
    /// Day its record last changed, in days since 1970-01-01: for one that ended, the latest day it can have ended on.
    pub updated: Option<i32>,
}

impl Organisation {
    /// The name in Korean where there is one, for `--lang ko`.
    pub fn name_ko(&self) -> Option<&str> {
        let korean = |name: &&Name| name.language.as_deref() == Some("ko") && name.kind != NameKind::Acronym;
        // Names are in order of their kinds: an official one before others.
        self.names.iter().find(korean).map(|name| name.text.as_str())
    }
}

/// A name of an organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The name.
    pub text: String,
    /// ISO 639-1 code.
    pub language: Option<String>,
    /// What sort of name.
    pub kind: NameKind,
}

/// Sorts of names, as ROR has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NameKind {
    /// The one to display.
    Display,
    /// An official name in some language.
    Label,
    /// Another name in use, today or in the past.
    Alias,
    /// Initials.
    Acronym,
}

impl NameKind {
    /// The kind of the lake's column `organisation_names.kind`; what is unknown is an alias.
    pub fn parse(text: &str) -> NameKind {
        match text {
            "display" => NameKind::Display,
            "label" => NameKind::Label,
            "acronym" => NameKind::Acronym,
            _ => NameKind::Alias,
        }
    }

    /// The kind as the lake writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            NameKind::Display => "display",
            NameKind::Label => "label",
            NameKind::Alias => "alias",
            NameKind::Acronym => "acronym",
        }
    }
}

/// Whether an organisation still exists.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Status {
    /// It does.
    #[default]
    Active,
    /// It has closed or become part of another.
    Inactive,
    /// Its record should not have been made: a duplicate or not an organisation.
    Withdrawn,
}

impl Status {
    /// The status of the lake's column `organisations.status`; what is unknown counts as active.
    pub fn parse(text: &str) -> Status {
        match text {
            "inactive" => Status::Inactive,
            "withdrawn" => Status::Withdrawn,
            _ => Status::Active,
        }
    }

    /// The status as the lake writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Active => "active",
            Status::Inactive => "inactive",
            Status::Withdrawn => "withdrawn",
        }
    }
}

/// What another organisation is to this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// The role of the other.
    pub kind: RelationKind,
    /// The other's id in the lake.
    pub other: i64,
    /// The other's name as this record gives it, for those that are not in the register.
    pub name: Option<String>,
}

/// Roles of related organisations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RelationKind {
    /// The other has this one as a part.
    Parent,
    /// The other is a part of this one.
    Child,
    /// The other came before.
    Predecessor,
    /// The other follows this one.
    Successor,
    /// Anything else.
    Related,
}

impl RelationKind {
    /// The role of the lake's column `organisation_relations.relation`.
    pub fn parse(text: &str) -> RelationKind {
        match text {
            "parent" => RelationKind::Parent,
            "child" => RelationKind::Child,
            "predecessor" => RelationKind::Predecessor,
            "successor" => RelationKind::Successor,
            _ => RelationKind::Related,
        }
    }

    /// The role as the lake writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            RelationKind::Parent => "parent",
            RelationKind::Child => "child",
            RelationKind::Predecessor => "predecessor",
            RelationKind::Successor => "successor",
            RelationKind::Related => "related",
        }
    }
}
