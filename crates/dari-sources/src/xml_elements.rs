//! The elements of one name in XML, cut out as bytes, so that damage in one does not touch the next.

use std::io::{self, BufRead, ErrorKind};

use crate::collector::{MAX_RECORD_BYTES, damage};
use crate::json_elements::{Each, Failure};

/// The end of a piece that is kept of one too large: enough for any tag.
const TAIL: usize = 256;

/// Visits every element of a local name (with any namespace prefix), from its opening to its closing tag. An element that is not closed
/// before the next one opens, or is too large, is given as the reason for a reject.
///
/// Returns how many were visited; 0 means that the content is not of the format.
pub(crate) fn elements(content: &mut dyn BufRead, name: &str, each: Each<'_>) -> Result<u64, Failure> {
    let mut visited = 0;
    let mut visit = |element: Result<&[u8], String>| {
        visited += 1;
        each(element).map_err(Failure::Receiver)
    };
    // The element that is open, if one is; an error once it has grown too large.
    let mut open: Option<Result<Vec<u8>, String>> = None;
    let mut piece = Vec::new();
    loop {
        let whole = match read_to_bracket(content, &mut piece) {
            Ok(whole) => whole,
            Err(error) => {
                visit(Err(damage(error).map_err(Failure::Read)?))?;
                return Ok(visited);
            }
        };
        if piece.is_empty() {
            break;
        }
        let tag = memchr::memrchr(b'<', &piece).map_or(&[][..], |at| &piece[at..]);
        let kind = tag_kind(tag, name.as_bytes());
        if matches!(kind, Some(Tag::Opening | Tag::Empty)) {
            if open.take().is_some() {
                visit(Err(format!("an element {name} that is not closed before the next begins")))?;
            }
            open = Some(Ok(tag.to_vec()));
        } else if let Some(element) = &mut open {
            extend(element, &piece, whole);
        }
        if matches!(kind, Some(Tag::Closing | Tag::Empty))
            && let Some(element) = open.take()
        {
            visit(element.as_deref().map_err(Clone::clone))?;
        }
    }
    if open.is_some() {
        visit(Err(format!("the file ends early, within an element {name}; fetch it again")))?;
    }
    Ok(visited)
}

fn extend(element: &mut Result<Vec<u8>, String>, piece: &[u8], whole: bool) {
    if let Ok(bytes) = element {
        if whole && bytes.len() + piece.len() <= MAX_RECORD_BYTES {
            bytes.extend_from_slice(piece);
        } else {
            *element = Err(format!("a record larger than {MAX_RECORD_BYTES} bytes"));
        }
    }
}

enum Tag {
    Opening,
    Closing,
    Empty,
}

/// What a tag, from `<` to `>`, is to elements of a name; `None` for other names.
fn tag_kind(tag: &[u8], name: &[u8]) -> Option<Tag> {
    let body = tag.strip_prefix(b"<")?.strip_suffix(b">")?;
    let (closing, body) = body.strip_prefix(b"/").map_or((false, body), |body| (true, body));
    let empty = body.ends_with(b"/");
    let end = body.iter().position(|byte| byte.is_ascii_whitespace() || *byte == b'/').unwrap_or(body.len());
    let qualified = &body[..end];
    let local = memchr::memrchr(b':', qualified).map_or(qualified, |at| &qualified[at + 1..]);
    (local == name).then_some(match (closing, empty) {
        (true, _) => Tag::Closing,
        (false, true) => Tag::Empty,
        (false, false) => Tag::Opening,
    })
}

/// Reads up to and with the next `>`, or to the end. Returns whether `piece` holds all of it; of what is too large it holds the end.
fn read_to_bracket(content: &mut dyn BufRead, piece: &mut Vec<u8>) -> io::Result<bool> {
    piece.clear();
    let mut whole = true;
    loop {
        let buffer = match content.fill_buf() {
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            buffer => buffer?,
        };
        let found = memchr::memchr(b'>', buffer);
        let taken = found.map_or(buffer.len(), |at| at + 1);
        piece.extend_from_slice(&buffer[..taken]);
        if piece.len() > MAX_RECORD_BYTES {
            whole = false;
            piece.drain(..piece.len() - TAIL);
        }
        content.consume(taken);
        if taken == 0 || found.is_some() {
            return Ok(whole);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::{BufReader, Cursor, Read};

    fn cut(bytes: &[u8], buffer: usize) -> Vec<String> {
        let mut found = Vec::new();
        let mut content = BufReader::with_capacity(buffer, Cursor::new(bytes.to_vec()));
        let outcome = elements(&mut content, "Award", &mut |element| {
            found.push(element.map_or_else(|reason| format!("!{reason}"), |bytes| String::from_utf8_lossy(bytes).into_owned()));
            Ok(())
        });
        assert!(outcome.is_ok_and(|visited| visited == found.len() as u64));
        found
    }

    #[test]
    fn elements_of_the_name_alone() {
        let xml =
            "<?xml version='1.0'?><r xmlns:n='u'><Award a='1'><AwardTitle>1 &gt; 0</AwardTitle></Award>\n<n:Award></n:Award ><Award/></r>";
        let expected = ["<Award a='1'><AwardTitle>1 &gt; 0</AwardTitle></Award>", "<n:Award></n:Award >", "<Award/>"];
        for buffer in [1, 3, 4096] {
            assert_eq!(cut(xml.as_bytes(), buffer), expected);
        }
        assert!(cut(b"<html><AwardTitle></AwardTitle></html>", 64).is_empty());
        assert!(cut(b"", 64).is_empty());
    }

    #[test]
    fn an_element_left_open_costs_only_itself() {
        let found = cut(b"<r><Award><x><Award>2</Award><Award>3", 64);
        assert_eq!(found[1], "<Award>2</Award>");
        assert!(found[0].starts_with("!an element Award that is not closed") && found[2].starts_with("!the file ends early"));
    }

    #[test]
    fn a_huge_element_is_passed_over() {
        let huge = std::io::repeat(b'x').take(MAX_RECORD_BYTES as u64 + 1);
        let mut content =
            BufReader::new(Cursor::new(b"<Award>".to_vec()).chain(huge).chain(Cursor::new(b"</Award><Award>2</Award>".to_vec())));
        let mut found = Vec::new();
        let outcome = elements(&mut content, "Award", &mut |element| {
            found.push(element.map(<[u8]>::to_vec));
            Ok(())
        });
        assert!(outcome.is_ok_and(|visited| visited == 2));
        assert!(found[0].is_err());
        assert_eq!(found[1], Ok(b"<Award>2</Award>".to_vec()));
    }

    proptest! {
        #[test]
        fn any_text_gives_the_same_whatever_the_buffer(text in "(<Award>|</Award>|<Award/>|<|>|a|/|:){0,20}", buffer in 1usize..9) {
            prop_assert_eq!(cut(text.as_bytes(), buffer), cut(text.as_bytes(), 4096));
        }
    }
}
