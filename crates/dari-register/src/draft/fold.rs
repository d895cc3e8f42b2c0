//! Text as names are compared: one space between words, one sign for each kind of dash, apostrophe and "and".

use std::ops::Range;

/// Folded text with the way back.
#[derive(Debug)]
pub(super) struct Folded {
    pub(super) text: String,
    /// For every byte of the folded text, and its end, the byte of the original it stands for.
    origin: Vec<usize>,
}

impl Folded {
    pub(super) fn new(original: &str) -> Folded {
        let mut folded = Folded { text: String::with_capacity(original.len()), origin: Vec::with_capacity(original.len() + 1) };
        let mut blank = false;
        for (at, sign) in original.char_indices() {
            if sign.is_whitespace() {
                if !blank {
                    folded.push(" ", at);
                }
                blank = true;
                continue;
            }
            blank = false;
            match sign {
                '&' if original[..at].ends_with(char::is_whitespace) => folded.push("and", at),
                '’' | '‘' | 'ʼ' => folded.push("'", at),
                '–' | '—' | '‑' | '−' => folded.push("-", at),
                '∙' | '•' | 'ㆍ' | '‧' | '・' => folded.push("·", at),
                _ => folded.push(sign.encode_utf8(&mut [0; 4]), at),
            }
        }
        folded.origin.push(original.len());
        folded
    }

    fn push(&mut self, part: &str, at: usize) {
        self.text.push_str(part);
        self.origin.extend(std::iter::repeat_n(at, part.len()));
    }

    /// Where a range of the folded text is in the original. Both ends must be boundaries of words or signs.
    pub(super) fn original(&self, range: Range<usize>) -> Range<usize> {
        self.origin[range.start]..self.origin[range.end]
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back() {
        let original = "A  & B’s “가·나”\n∙";
        let folded = Folded::new(original);
        assert_eq!(folded.text, "A and B's “가·나” ·");
        let at = folded.text.find('B').unwrap_or(0);
        assert_eq!(&original[folded.original(at..at + 1)], "B");
        let at = folded.text.find("and").unwrap_or(0);
        assert_eq!(&original[folded.original(at..at + 3)], "&");
        assert_eq!(folded.original(0..folded.text.len()), 0..original.len());
    }
}
