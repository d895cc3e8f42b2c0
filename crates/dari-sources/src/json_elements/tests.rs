use std::io::{BufReader, Cursor, Read};

use proptest::prelude::*;

use super::*;

/// The elements as text (or `!` for what could not be read) with a buffer of the given size, and whether it began as JSON.
fn split(bytes: &[u8], path: &[&str], buffer: usize) -> (bool, Vec<String>) {
    let mut found = Vec::new();
    let mut content = BufReader::with_capacity(buffer, Cursor::new(bytes.to_vec()));
    let recognised = elements(&mut content, path, &mut |element| {
        found.push(element.map_or_else(|reason| format!("!{reason}"), |bytes| String::from_utf8_lossy(bytes).trim().to_owned()));
        Ok(())
    });
    (recognised.ok().unwrap(), found)
}

fn all_buffers(text: &str, path: &[&str], expected: &[&str]) {
    for buffer in [1, 2, 3, 7, 4096] {
        assert_eq!(split(text.as_bytes(), path, buffer).1, expected, "{text} in buffers of {buffer}");
    }
}

#[test]
fn elements_of_an_array() {
    all_buffers(
        r#" [ {"a":"]}\"{"} ,{"b":[1,{"c":2}]}, 17, "x", null ] "#,
        &[],
        &[r#"{"a":"]}\"{"}"#, r#"{"b":[1,{"c":2}]}"#, "17", "\"x\"", "null"],
    );
    all_buffers("[]", &[], &[]);
    all_buffers("[1,2]", &[], &["1", "2"]);
}

#[test]
fn one_value_after_another() {
    all_buffers("{\"a\":1}\n{\"a\":2}\n\n{\"a\":3}", &[], &["{\"a\":1}", "{\"a\":2}", "{\"a\":3}"]);
    all_buffers("{\n  \"a\": [\n    1\n  ]\n}\n", &[], &["{\n  \"a\": [\n    1\n  ]\n}"]);
}

#[test]
fn a_damaged_line_costs_only_itself() {
    all_buffers("{\"a\":\"x\n{\"a\":2}\nrubbish, here: ]\n{\"a\":3}\n", &[], &["{\"a\":\"x", "{\"a\":2}", "rubbish, here: ]", "{\"a\":3}"]);
    all_buffers(
        "{\"a\":\"x\n{\"a\":2}\n{rubbish\n{\"a\":3}\n",
        &["response", "award"],
        &["{\"a\":\"x", "{\"a\":2}", "{rubbish", "{\"a\":3}"],
    );
}

#[test]
fn an_array_below_keys() {
    let path = ["response", "award"];
    all_buffers(r#"{"response":{"metadata":{"n":[1]},"award":[{"id":"1"},{"id":"2"}],"x":3}}"#, &path, &[r#"{"id":"1"}"#, r#"{"id":"2"}"#]);
    all_buffers(r#"{"response":{"serviceNotification":[{"message":"no"}]}}"#, &path, &[]);
    all_buffers("{\"id\":\"1\",\"award\":[5]}\n{\"id\":\"2\"}", &path, &["{\"id\":\"1\",\"award\":[5]}", "{\"id\":\"2\"}"]);
}

#[test]
fn what_ends_early_is_said() {
    for text in ["[{\"a\":1},{\"a\":", "[{\"a\":1},", "[{\"a\":1}", "{\"a\":1}\n{\"a"] {
        let (_, found) = split(text.as_bytes(), &[], 4);
        assert_eq!(found[0], "{\"a\":1}");
        assert!(found.len() == 2 && found[1].starts_with("!the file ends early"), "{text}: {found:?}");
    }
    let (_, found) = split(b"[{\"a\":1} x", &[], 4);
    assert!(found.len() == 2 && found[1].contains("expected a comma"), "{found:?}");
}

#[test]
fn other_formats_are_not_json() {
    for text in ["", "  ", "<html>", "id,name\n1,2", "\u{1f}\u{8b}"] {
        assert_eq!(split(text.as_bytes(), &[], 16), (false, vec![]), "{text}");
    }
}

#[test]
fn a_huge_element_is_passed_over() {
    let huge = std::io::repeat(b'x').take(MAX_RECORD_BYTES as u64 + 1);
    let mut content = BufReader::new(Cursor::new(b"[{\"a\":1},\"".to_vec()).chain(huge).chain(Cursor::new(b"\",{\"a\":2}]".to_vec())));
    let mut found = Vec::new();
    let outcome = elements(&mut content, &[], &mut |element| {
        found.push(element.map(<[u8]>::len));
        Ok(())
    });
    assert!(outcome.is_ok());
    assert_eq!((found[0].clone(), found[2].clone(), found.len()), (Ok(7), Ok(7), 3));
    assert!(found[1].is_err());
}

proptest! {
    #[test]
    fn any_bytes_end(bytes in "[\\[\\]{}\",:\\\\\na1 ]{0,60}", buffer in 1usize..9) {
        let whole = split(bytes.as_bytes(), &["a"], 4096);
        prop_assert_eq!(split(bytes.as_bytes(), &["a"], buffer), whole);
    }

    #[test]
    fn elements_come_back(values in prop::collection::vec("[a-z\\]},]{0,5}", 0..6)) {
        let json = serde_json::to_string(&values).unwrap();
        let expected: Vec<_> = values.iter().map(|value| serde_json::to_string(value).unwrap()).collect();
        prop_assert_eq!(split(json.as_bytes(), &[], 3).1, expected);
    }
}
