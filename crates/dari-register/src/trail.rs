//! The audit trail: every change is an event, and every event holds the fingerprint of the one before in its scope. Who changes or leaves out one
//! breaks all that follow. Each scope has a chain of its own, so that a party can prove what it sees and learns nothing of what it does not see.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::content::Content;

/// One change of one record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// The scope, as [text](crate::Scope::text).
    pub scope: String,
    /// Its number in the chain of its scope, from 1.
    pub seq: i64,
    /// When it was recorded: milliseconds since 1970-01-01, UTC.
    pub at: i64,
    /// The user who made it.
    pub who: String,
    /// The party of the user.
    pub party: String,
    /// What was done.
    pub action: Action,
    /// The record.
    pub id: String,
    /// The record's kind.
    pub kind: String,
    /// The record's version after it, from 1.
    pub version: i64,
    /// The record's state after it; empty where the kind has none.
    pub state: String,
    /// The day from which the record was in this state, in the world (days since 1970-01-01).
    pub day: Option<i32>,
    /// Why.
    pub why: String,
    /// The record's content after it.
    pub content: Content,
}

/// What an event did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// Began a record.
    Added,
    /// Changed its content.
    Edited,
    /// Brought it into another state.
    Moved,
    /// Took it out of sight, with a reason; nothing is lost.
    Removed,
    /// Brought it back.
    Restored,
}

impl Action {
    /// All actions with their names.
    const ALL: [(Action, &str); 5] = [
        (Action::Added, "added"),
        (Action::Edited, "edited"),
        (Action::Moved, "moved"),
        (Action::Removed, "removed"),
        (Action::Restored, "restored"),
    ];

    /// As written.
    pub fn as_str(self) -> &'static str {
        Action::ALL.iter().find(|(action, _)| *action == self).map_or("", |(_, name)| name)
    }

    pub(crate) fn from_name(name: &str) -> Option<Action> {
        Action::ALL.iter().find(|(_, other)| *other == name).map(|(action, _)| *action)
    }
}

/// What the first event of a chain holds in place of a fingerprint.
pub const START: &str = "";

impl Event {
    /// The fingerprint: SHA-256 over the fingerprint before and the event, as JSON with its fields in alphabetical order, in hexadecimal.
    pub fn hash(&self, before: &str) -> String {
        let mut text = String::new();
        // An event is of texts and numbers, which always become JSON.
        canonical(&serde_json::to_value(self).unwrap_or_default(), &mut text);
        let mut hasher = Sha256::new();
        hasher.update(before.as_bytes());
        hasher.update(b"\n");
        hasher.update(text.as_bytes());
        hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// JSON with the fields of all objects in alphabetical order and no white space, so that one content has one form.
pub(crate) fn canonical(value: &Value, out: &mut String) {
    match value {
        Value::Object(fields) => {
            let mut sorted: Vec<_> = fields.iter().collect();
            sorted.sort_unstable_by_key(|(name, _)| name.as_str());
            out.push('{');
            for (at, (name, value)) in sorted.into_iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                out.push_str(&Value::String(name.clone()).to_string());
                out.push(':');
                canonical(value, out);
            }
            out.push('}');
        }
        Value::Array(values) => {
            out.push('[');
            for (at, value) in values.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                canonical(value, out);
            }
            out.push(']');
        }
        plain => out.push_str(&plain.to_string()),
    }
}

/// A content in its one form.
pub(crate) fn canonical_text(content: &Content) -> String {
    let mut text = String::new();
    canonical(&Value::Object(content.clone()), &mut text);
    text
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use serde_json::json;

    fn event() -> Event {
        Event {
            scope: String::new(),
            seq: 1,
            at: 1_706_000_000_000,
            who: "hong".to_owned(),
            party: "KR".to_owned(),
            action: Action::Added,
            id: "a".to_owned(),
            kind: "note".to_owned(),
            version: 1,
            state: String::new(),
            day: None,
            why: String::new(),
            content: json!({"text": {"ko": "가", "en": "x"}}).as_object().cloned().unwrap_or_default(),
        }
    }

    #[test]
    fn the_fingerprint_is_sha_256_of_the_one_form() {
        let text = r#"{"action":"added","at":1706000000000,"content":{"text":{"en":"x","ko":"가"}},"day":null,"id":"a","kind":"note","party":"KR","scope":"","seq":1,"state":"","version":1,"who":"hong","why":""}"#;
        let by_hand: String = Sha256::digest(format!("before\n{text}")).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(event().hash("before"), by_hand);
    }

    #[test]
    fn any_change_changes_the_fingerprint() {
        let whole = event().hash(START);
        let changes: [fn(&mut Event); 7] = [
            |event| event.who = "kim".to_owned(),
            |event| event.at += 1,
            |event| event.why = "x".to_owned(),
            |event| event.day = Some(0),
            |event| event.seq = 2,
            |event| event.action = Action::Edited,
            |event| event.content = Content::new(),
        ];
        for change in changes {
            let mut other = event();
            change(&mut other);
            assert_ne!(other.hash(START), whole);
        }
        assert_ne!(event().hash("x"), whole);
    }
}
