//! A record's content, checked against its kind.

use serde_json::{Map, Value};

use crate::error::{Error, Result, shape};
use crate::kinds::{COMMON, Field, Form, Kind, Line};
use crate::period::Period;

/// Fields and values of a record.
pub type Content = Map<String, Value>;

/// What a record says of another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Link {
    /// The field that says it: `meeting`, `participants.person`.
    pub role: String,
    /// The id of the other.
    pub to: String,
    /// Whether this record came about through the other.
    pub came_from: bool,
}

/// A content that fits its kind.
#[derive(Debug, Clone)]
pub(crate) struct Checked {
    /// In one form: texts trimmed, dates in ISO 8601, what is empty left out.
    pub(crate) content: Content,
    pub(crate) links: Vec<Link>,
    /// When it happens.
    pub(crate) when: Option<Period>,
    /// Until when something has to be done, or when it runs out.
    pub(crate) due: Option<Period>,
    /// The countries that it concerns, in order.
    pub(crate) sides: Vec<String>,
}

/// Checks and puts into one form what a person or a file gave.
pub(crate) fn check(kind: &'static Kind, content: &Content) -> Result<Checked> {
    let mut links = Vec::new();
    let fields: Vec<&Field> = kind.all_fields().collect();
    let content = check_fields(&fields, content, "", &mut links).map_err(|error| error.at(kind.name))?;
    if !COMMON.iter().take(2).any(|field| content.contains_key(field.name)) && !kind.fields.iter().any(|field| field.needed) {
        return Err(Error::input(format!("{}: neither name nor text", kind.name)).hint("Give name.en, name.ko or text.en."));
    }
    links.sort_unstable();
    links.dedup();
    let period = |name: Option<&str>| name.and_then(|name| content.get(name)?.as_str()).and_then(Period::parse);
    let (when, due) = (period(kind.when), period(kind.due));
    let mut sides = Vec::new();
    sides_of(&fields, &content, &mut sides);
    sides.sort_unstable();
    sides.dedup();
    Ok(Checked { content, links, when, due, sides })
}

/// Refuses the letter U+0000, which SQLite keeps and PostgreSQL does not; the storage would not say in which field it stands.
pub(crate) fn refuse_zero(content: &Content) -> Result<()> {
    fn holds_zero(value: &Value) -> bool {
        match value {
            Value::String(text) => text.contains('\0'),
            Value::Array(values) => values.iter().any(holds_zero),
            Value::Object(fields) => fields.values().any(holds_zero),
            _ => false,
        }
    }
    match content.iter().find(|(_, value)| holds_zero(value)) {
        Some((name, _)) => Err(Error::input(format!("'{name}' holds the letter U+0000")).hint("Take it out: no text has it.")),
        None => Ok(()),
    }
}

fn sides_of(fields: &[&Field], content: &Content, sides: &mut Vec<String>) {
    for (field, value) in fields.iter().filter_map(|field| Some((field, content.get(field.name)?))) {
        match (&field.form, value) {
            (Form::Side, Value::String(side)) => sides.push(side.clone()),
            (Form::Sides, Value::Array(several)) => sides.extend(several.iter().filter_map(|side| side.as_str().map(str::to_owned))),
            (Form::Rows(fields), Value::Array(rows)) => {
                let fields: Vec<&Field> = fields.iter().collect();
                rows.iter().filter_map(Value::as_object).for_each(|row| sides_of(&fields, row, sides));
            }
            _ => {}
        }
    }
}

fn check_fields(fields: &[&Field], content: &Content, path: &str, links: &mut Vec<Link>) -> Result<Content> {
    for name in content.keys() {
        if !fields.iter().any(|field| field.name == name) {
            let names: Vec<&str> = fields.iter().map(|field| field.name).collect();
            return Err(Error::input(format!("no field '{path}{name}'")).hint(format!("Fields are {}.", names.join(", "))));
        }
    }
    let mut out = Content::new();
    for field in fields {
        let path = format!("{path}{}", field.name);
        let value = match content.get(field.name) {
            None | Some(Value::Null) => None,
            Some(value) => check_value(field, value, &path, links)?,
        };
        match value {
            Some(value) => {
                out.insert(field.name.to_owned(), value);
            }
            None if field.needed => {
                return Err(Error::input(format!("'{path}' is missing")).hint(format!("It is needed: {}.", expected(&field.form))));
            }
            None => {}
        }
    }
    Ok(out)
}

/// The value in one form; nothing where it is empty.
fn check_value(field: &Field, value: &Value, path: &str, links: &mut Vec<Link>) -> Result<Option<Value>> {
    let wrong = |value: &Value| {
        let given = match value {
            Value::String(text) => format!("'{}'", crate::text::shortened(text, 60)),
            Value::Number(number) => number.to_string(),
            other => shape(other).to_owned(),
        };
        Error::input(format!("'{path}' is {given}")).hint(format!("Expected: {}.", expected(&field.form)))
    };
    let text = |value: &Value| value.as_str().map(|text| text.trim().to_owned());
    // One value where several may stand is a list of one.
    let list = |value: &Value| match value {
        Value::Array(values) => values.clone(),
        other => vec![other.clone()],
    };
    let word = |value: &Value, fits: &dyn Fn(&str) -> bool| text(value).filter(|text| fits(text)).ok_or_else(|| wrong(value));
    let checked = match &field.form {
        Form::Text => Value::String(match value {
            // Sheets and YAML take what looks like a number for one.
            Value::Number(number) => number.to_string(),
            other => text(other).ok_or_else(|| wrong(value))?,
        }),
        Form::Texts => list(value).iter().map(|value| word(value, &|_| true).map(Value::String)).collect::<Result<Vec<_>>>()?.into(),
        Form::Both => both(value).ok_or_else(|| wrong(value))?,
        Form::Period => {
            let said = match value {
                Value::Number(year) => year.to_string(),
                other => text(other).ok_or_else(|| wrong(value))?,
            };
            if said.is_empty() {
                return Ok(None);
            }
            Value::String(Period::parse(&said).ok_or_else(|| wrong(value))?.to_string())
        }
        Form::Number => number(value).ok_or_else(|| wrong(value))?,
        Form::Money => money(value).ok_or_else(|| wrong(value))?,
        Form::Choice(words) => Value::String(word(value, &|text| words.contains(&text))?),
        Form::Side => Value::String(word(value, &is_side)?),
        Form::Sides => {
            let mut sides = list(value).iter().map(|value| word(value, &is_side)).collect::<Result<Vec<_>>>()?;
            sides.sort_unstable();
            sides.dedup();
            sides.into()
        }
        Form::Flag => match value {
            Value::Bool(true) => Value::Bool(true),
            Value::Bool(false) => return Ok(None),
            _ => return Err(wrong(value)),
        },
        Form::Scores => {
            let scores = value.as_object().ok_or_else(|| wrong(value))?;
            let scores = scores.iter().filter(|(_, score)| !score.is_null());
            Value::Object(
                scores.map(|(name, score)| Some((name.clone(), number(score)?))).collect::<Option<_>>().ok_or_else(|| wrong(value))?,
            )
        }
        Form::Link(_, line) => Value::String(link(word(value, &is_id)?, path, *line, links)),
        Form::Links(_, line) => {
            let ids = list(value).iter().map(|value| word(value, &is_id)).collect::<Result<Vec<_>>>()?;
            ids.into_iter().map(|id| Value::String(link(id, path, *line, links))).collect::<Vec<_>>().into()
        }
        Form::Rows(fields) => {
            let fields: Vec<&Field> = fields.iter().collect();
            let rows = list(value).into_iter().enumerate().map(|(at, row)| {
                let row = row.as_object().ok_or_else(|| wrong(&row))?;
                let row = check_fields(&fields, row, &format!("{path}."), links).map_err(|error| error.at(format!("row {}", at + 1)))?;
                Ok(Value::Object(row))
            });
            rows.collect::<Result<Vec<_>>>()?.into()
        }
    };
    let empty = match &checked {
        Value::String(text) => text.is_empty(),
        Value::Array(values) => values.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    };
    Ok((!empty).then_some(checked))
}

fn link(id: String, role: &str, line: Line, links: &mut Vec<Link>) -> String {
    links.push(Link { role: role.to_owned(), to: id.clone(), came_from: line == Line::CameFrom });
    id
}

fn both(value: &Value) -> Option<Value> {
    let fields = match value {
        // A text alone is in the language that its letters are of.
        Value::String(text) => {
            let language = if text.chars().any(crate::text::is_hangul) { "ko" } else { "en" };
            Content::from_iter([(language.to_owned(), value.clone())])
        }
        Value::Object(fields) => fields.clone(),
        _ => return None,
    };
    let mut out = Content::new();
    for (language, text) in fields {
        if text.is_null() {
            continue;
        }
        let text = text.as_str()?.trim();
        if !matches!(language.as_str(), "en" | "ko") {
            return None;
        }
        if !text.is_empty() {
            out.insert(language, Value::String(text.to_owned()));
        }
    }
    Some(Value::Object(out))
}

fn number(value: &Value) -> Option<Value> {
    let number = match value {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().replace(',', "").parse().ok()?,
        _ => return None,
    };
    if !(number.is_finite() && number >= 0.0) {
        return None;
    }
    // Whole numbers are written without a point, so that one number has one form. Up to 2^53 they are exact.
    if number.fract() == 0.0 && number < 9e15 {
        Some(Value::from(number as i64))
    } else {
        serde_json::Number::from_f64(number).map(Value::Number)
    }
}

/// `{amount, currency}`, or `1,000,000 KRW`.
fn money(value: &Value) -> Option<Value> {
    let (amount, currency) = match value {
        Value::Object(fields) if fields.len() == 2 => (number(fields.get("amount")?)?, fields.get("currency")?.as_str()?.to_owned()),
        Value::String(text) => {
            let text = text.trim();
            let (amount, currency) = text.rsplit_once(' ')?;
            (number(&Value::String(amount.to_owned()))?, currency.to_owned())
        }
        _ => return None,
    };
    let fits = currency.len() == 3 && currency.bytes().all(|byte| byte.is_ascii_uppercase());
    fits.then(|| Value::Object(Content::from_iter([("amount".to_owned(), amount), ("currency".to_owned(), Value::String(currency))])))
}

/// Sides are countries, or unions of them, by two letters.
fn is_side(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// Ids are letters, digits, `-`, `_` and `.`, behind the scope where they are private.
pub(crate) fn is_id(text: &str) -> bool {
    let name = text.rsplit_once(':').map_or(text, |(_, name)| name);
    crate::party::Scope::of_id(text).is_ok() && is_name(name)
}

/// An id without its scope.
pub(crate) fn is_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= 120 && name.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c))
}

/// A value that a person typed or a sheet holds, in the form of the field: lists with `;` between, rows and groups of fields as YAML; nothing for an empty text.
///
/// What does not fit stays a text, for [`check`] to say what is expected.
pub(crate) fn typed(form: &Form, text: &str) -> Value {
    let text = text.trim();
    if text.is_empty() {
        return Value::Null;
    }
    let yaml = || crate::file::value(text).unwrap_or_else(|_| Value::String(text.to_owned()));
    let list = |separators: &[char]| {
        text.split(separators).map(str::trim).filter(|part| !part.is_empty()).map(Value::from).collect::<Vec<_>>().into()
    };
    match form {
        Form::Texts if !text.starts_with('[') => list(&[';']),
        Form::Links(..) | Form::Sides if !text.starts_with('[') => list(&[';', ',']),
        Form::Texts | Form::Links(..) | Form::Sides | Form::Rows(_) | Form::Scores => yaml(),
        Form::Both | Form::Money if text.starts_with('{') => yaml(),
        Form::Flag => match text {
            "true" | "yes" | "1" | "예" => Value::Bool(true),
            "false" | "no" | "0" | "아니오" => Value::Bool(false),
            other => Value::from(other),
        },
        _ => Value::from(text),
    }
}

/// Fields of a kind from texts `FIELD=VALUE`; of a text in two languages `FIELD.en=` and `FIELD.ko=`. An empty value empties the field.
///
/// # Errors
/// Where there is no such field, or no `=`.
pub fn assignments(kind: &'static Kind, given: &[String]) -> Result<Content> {
    let mut content = Content::new();
    for text in given {
        let (name, value) =
            text.split_once('=').ok_or_else(|| Error::input(format!("'{text}' is no FIELD=VALUE")).hint("For example date=2024-01-23."))?;
        assign(kind, name.trim(), value, &mut content)?;
    }
    Ok(content)
}

/// Sets a field from a text.
pub(crate) fn assign(kind: &'static Kind, name: &str, value: &str, content: &mut Content) -> Result<()> {
    let (name, language) = name.split_once('.').map_or((name, None), |(name, language)| (name, Some(language)));
    let Some(field) = kind.all_fields().find(|field| field.name == name) else {
        let names: Vec<&str> = kind.all_fields().map(|field| field.name).collect();
        return Err(Error::input(format!("no field '{name}'")).hint(format!("Fields of a {} are {}.", kind.name, names.join(", "))));
    };
    match (language, &field.form) {
        (None, form) => {
            content.insert(name.to_owned(), typed(form, value));
        }
        (Some(language @ ("en" | "ko")), Form::Both) => {
            let both = content.entry(name.to_owned()).or_insert_with(|| Value::Object(Content::new()));
            if let Value::Object(both) = both {
                both.insert(language.to_owned(), typed(&Form::Text, value));
            }
        }
        (Some(language), form) => {
            return Err(Error::input(format!("no field '{name}.{language}'")).hint(format!("'{name}' is {}.", expected(form))));
        }
    }
    Ok(())
}

/// What a field expects, for messages and help.
pub fn expected(form: &Form) -> String {
    match form {
        Form::Text => "a text".to_owned(),
        Form::Texts => "a list of texts".to_owned(),
        Form::Both => "a text in English, Korean or both: {en: …, ko: …}".to_owned(),
        Form::Period => "a day, month, year or span: 2024-01-23, 2024-05, 2024-05/2024-06, May-June 2024".to_owned(),
        Form::Number => "a number, not negative".to_owned(),
        Form::Money => "an amount with its currency: {amount: 1000000, currency: KRW}".to_owned(),
        Form::Choice(words) => format!("one of {}", words.join(", ")),
        Form::Side => "a country's code of two capital letters".to_owned(),
        Form::Sides => "a list of countries' codes".to_owned(),
        Form::Flag => "true or false".to_owned(),
        Form::Scores => "numbers by name: {excellence: 4}".to_owned(),
        Form::Link([], _) => "the id of a record".to_owned(),
        Form::Link(kinds, _) => format!("the id of a record ({})", kinds.join(", ")),
        Form::Links([], _) => "a list of ids of records".to_owned(),
        Form::Links(kinds, _) => format!("a list of ids of records ({})", kinds.join(", ")),
        Form::Rows(fields) => format!("rows of {}", fields.iter().map(|field| field.name).collect::<Vec<_>>().join(", ")),
    }
}

/// The kinds that a link in this role of a kind may lead to; empty for any.
pub(crate) fn kinds_of_role(kind: &Kind, role: &str) -> &'static [&'static str] {
    let (name, inner) = role.split_once('.').map_or((role, None), |(name, inner)| (name, Some(inner)));
    let Some(field) = kind.all_fields().find(|field| field.name == name) else { return &[] };
    let field = match (&field.form, inner) {
        (Form::Rows(fields), Some(inner)) => fields.iter().find(|field| field.name == inner),
        _ => Some(field),
    };
    match field.map(|field| &field.form) {
        Some(Form::Link(kinds, _) | Form::Links(kinds, _)) => kinds,
        _ => &[],
    }
}

/// What a record is called: its name, else the beginning of its text, in (English, Korean); one language stands in for the other.
pub fn titles(content: &Content) -> (Option<String>, Option<String>) {
    let of = |field: &str, language: &str| content.get(field)?.get(language)?.as_str().map(|text| crate::text::shortened(text, 120));
    let title = |language: &str| ["name", "text", "in_kind", "purpose"].iter().find_map(|field| of(field, language));
    (title("en"), title("ko"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::kinds::kind;
    use serde_json::json;

    fn checked(name: &str, value: &Value) -> Result<Checked> {
        check(kind(name).unwrap(), value.as_object().unwrap())
    }

    #[test]
    fn a_statement_in_one_form() {
        let given = json!({
            "meeting": "ostp-2024", "date": "January 23, 2024", "side": "KR", "period": "May-June 2024", "text": " 제안 ", "quote": "",
            "sources": [{"title": "Release", "date": 2024, "url": null}], "organisations": "msit", "example": false,
        });
        let checked = checked("statement", &given).unwrap();
        let expected = json!({
            "meeting": "ostp-2024", "date": "2024-01-23", "side": "KR", "period": "2024-05/2024-06", "text": {"ko": "제안"},
            "sources": [{"title": "Release", "date": "2024"}], "organisations": ["msit"],
        });
        assert_eq!(Value::Object(checked.content.clone()), expected);
        let links: Vec<_> = checked.links.iter().map(|link| (link.role.as_str(), link.to.as_str(), link.came_from)).collect();
        assert_eq!(links, [("meeting", "ostp-2024", true), ("organisations", "msit", false)]);
        assert_eq!(checked.due, Period::parse("2024-05/2024-06"));
        // What is in one form stays as it is.
        assert_eq!(check(kind("statement").unwrap(), &checked.content).unwrap().content, checked.content);
    }

    #[test]
    fn errors_say_field_and_what_is_expected() {
        for (name, given, message, advice) in [
            ("statement", json!({"dat": "2024"}), "no field 'dat'", "date"),
            ("statement", json!({"text": "x"}), "'date' is missing", "a day, month"),
            ("statement", json!({"date": "soon"}), "'date' is 'soon'", "a day, month"),
            (
                "call",
                json!({"closes": "2024", "criteria": [{"name": "a", "weight": 1, "most": 5}, {"name": "b"}]}),
                "row 2: 'criteria.weight' is missing",
                "a number",
            ),
            ("contribution", json!({"side": "KR", "money": "5 won"}), "'money' is '5 won'", "currency"),
            ("contribution", json!({"side": "Korea"}), "'side' is 'Korea'", "two capital letters"),
            ("agreement", json!({"level": "treaty"}), "'level' is 'treaty'", "umbrella"),
            ("note", json!({}), "neither name nor text", "name.en"),
            ("facility-time", json!({"facility": "kstar", "requested": -1}), "'requested' is -1", "not negative"),
        ] {
            let error = checked(name, &given).unwrap_err();
            assert!(error.to_string().contains(message), "{error}");
            assert!(error.advice().is_some_and(|text| text.contains(advice)), "{:?}", error.advice());
        }
    }

    #[test]
    fn money_and_numbers_have_one_form() {
        let given = json!({"side": "KR", "money": "1,800,000,000,000 KRW", "value": {"amount": 2.50, "currency": "USD"}});
        let content = checked("contribution", &given).unwrap().content;
        assert_eq!(content["money"], json!({"amount": 1_800_000_000_000_i64, "currency": "KRW"}));
        assert_eq!(content["value"].to_string(), r#"{"amount":2.5,"currency":"USD"}"#);
    }

    #[test]
    fn roles_know_their_kinds() {
        let meeting = kind("meeting").unwrap();
        assert_eq!(kinds_of_role(meeting, "participants.person"), ["person"]);
        assert_eq!(kinds_of_role(meeting, "dialogue"), ["dialogue"]);
        assert!(kinds_of_role(meeting, "from").is_empty());
    }
}
