//! The parts of an affiliation: several affiliations in one string are parted by semicolons and the like; each has segments parted by commas and the like.

use std::ops::Range;

use crate::words::Words;

/// A segment: words of [`Segmented::words`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Segment {
    pub(crate) words: Range<usize>,
}

/// A text in segments. Reused, it allocates little.
#[derive(Debug, Default)]
pub(crate) struct Segmented {
    pub(crate) words: Words,
    pub(crate) segments: Vec<Segment>,
    /// Segments of each part.
    pub(crate) parts: Vec<Range<usize>>,
    /// Domains of e-mail and web addresses, lower case, with the part they stand in.
    pub(crate) domains: Vec<(usize, String)>,
    cleaned: String,
}

fn parts_segments(c: char) -> bool {
    matches!(c, ',' | '(' | ')' | '[' | ']' | '{' | '}' | '/' | '\\' | ':' | '<' | '>' | '、' | '，' | '（' | '）' | '•' | '·')
}

fn parts_parts(c: char) -> bool {
    matches!(c, ';' | '|' | '\n' | '；' | '+')
}

/// A dash parts what stands around it where it stands free: "Charité - Universitätsmedizin", not "Urbana-Champaign".
fn parts_if_free(c: char) -> bool {
    matches!(c, '-' | '\u{2013}' | '\u{2014}')
}

/// Words of an affiliation that are read; what follows is no affiliation any more.
const MOST_WORDS: usize = 400;

impl Segmented {
    pub(crate) fn read(&mut self, text: &str) {
        self.words.read("");
        self.segments.clear();
        self.parts.clear();
        self.domains.clear();
        let mut cleaned = std::mem::take(&mut self.cleaned);
        cleaned.clear();
        self.take_addresses(text, &mut cleaned);
        for part in cleaned.split(parts_parts) {
            let first = self.segments.len();
            let mut from = 0;
            let mut before = ' ';
            let mut chars = part.char_indices().peekable();
            while let Some((at, c)) = chars.next() {
                let free = before.is_whitespace() && chars.peek().is_none_or(|(_, next)| next.is_whitespace());
                if parts_segments(c) || (parts_if_free(c) && free) {
                    self.segment(&part[from..at]);
                    from = at + c.len_utf8();
                }
                before = c;
            }
            self.segment(&part[from..]);
            self.parts.push(first..self.segments.len());
        }
        self.cleaned = cleaned;
    }

    fn segment(&mut self, text: &str) {
        let first = self.words.words.len();
        if first >= MOST_WORDS {
            return;
        }
        self.words.append(text);
        self.words.words.truncate(MOST_WORDS);
        let words = first..self.words.words.len();
        if !words.is_empty() {
            self.segments.push(Segment { words });
        }
    }

    /// Copies the text without its e-mail and web addresses, whose domains are kept.
    fn take_addresses(&mut self, text: &str, cleaned: &mut String) {
        let lower = text.to_ascii_lowercase();
        if !lower.contains('@') && !lower.contains("://") && !lower.contains("www.") {
            cleaned.push_str(text);
            return;
        }
        let mut part = 0;
        for piece in text.split_inclusive(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '(' | ')' | '<' | '>' | '|')) {
            let trimmed = piece.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
            let address = match trimmed.rsplit_once('@') {
                Some((_, domain)) => Some(domain),
                None => trimmed.split_once("://").map(|(_, rest)| rest).or_else(|| trimmed.strip_prefix("www.")),
            };
            let host = address.and_then(|address| address.split(['/', '?', ':', '}']).next());
            let before = cleaned.len();
            match host.filter(|host| host.contains('.')) {
                Some(host) => {
                    let host = host.strip_prefix("www.").unwrap_or(host);
                    if !SHARED_HOSTS.iter().any(|shared| host == *shared || host.ends_with(&format!(".{shared}"))) {
                        self.domains.push((part, host.to_owned()));
                    }
                    // What parts the text stays.
                    cleaned.extend(piece.chars().filter(|c| c.is_whitespace() || matches!(c, ',' | ';' | '(' | ')' | '|')));
                }
                None => cleaned.push_str(piece),
            }
            part += cleaned[before..].chars().filter(|c| parts_parts(*c)).count();
        }
    }
}

/// Hosts that many have pages or addresses at: they say nothing of where anybody works.
const SHARED_HOSTS: [&str; 22] = [
    "github.com",
    "github.io",
    "gitlab.com",
    "wikipedia.org",
    "twitter.com",
    "x.com",
    "facebook.com",
    "linkedin.com",
    "instagram.com",
    "youtube.com",
    "orcid.org",
    "researchgate.net",
    "google.com",
    "gmail.com",
    "hotmail.com",
    "outlook.com",
    "yahoo.com",
    "naver.com",
    "daum.net",
    "hanmail.net",
    "163.com",
    "qq.com",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn segments(text: &str) -> Vec<Vec<String>> {
        let mut read = Segmented::default();
        read.read(text);
        let words = |segment: &Segment| segment.words.clone().map(|word| read.words.word(word)).collect::<Vec<_>>().join(" ");
        read.parts.iter().map(|part| read.segments[part.clone()].iter().map(words).collect()).collect()
    }

    #[test]
    fn parts_and_segments() {
        assert_eq!(
            segments("Dept. of CS, KAIST (Daejeon, Korea); ETH Zürich - D-INFK"),
            [vec!["department cs", "kaist", "daejeon", "korea"], vec!["eth zurich", "infk"]]
        );
        assert_eq!(segments("CNRS/INRIA + MIT"), [vec!["cnrs", "inria"], vec!["mit"]]);
    }

    #[test]
    fn addresses_become_domains() {
        let mut read = Segmented::default();
        read.read("School of Computing, KAIST; jane.doe@cs.kaist.ac.kr, https://www.kfe.re.kr/eng");
        assert_eq!(read.domains, [(1, "cs.kaist.ac.kr".to_owned()), (1, "kfe.re.kr".to_owned())]);
        assert_eq!(read.segments.len(), 2);
        // A plus sign in an address parts nothing; hosts that anyone may use say nothing; case does not matter.
        read.read("kim+a@snu.ac.kr, lee@kaist.ac.kr, WWW.KFE.RE.KR, https://github.com/kim");
        assert_eq!(read.domains, ["snu.ac.kr", "kaist.ac.kr", "kfe.re.kr"].map(|host| (0, host.to_owned())));
    }
}
