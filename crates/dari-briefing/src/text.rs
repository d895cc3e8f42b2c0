//! Numbers, dates and Korean particles in sentences.

use serde::{Deserialize, Serialize};

/// Language of a briefing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// English.
    En,
    /// Korean.
    Ko,
}

impl Lang {
    /// `en` or `ko`.
    pub fn code(self) -> &'static str {
        match self {
            Lang::En => "en",
            Lang::Ko => "ko",
        }
    }

    /// One of two, by language.
    pub fn pick<T>(self, en: T, ko: T) -> T {
        match self {
            Lang::En => en,
            Lang::Ko => ko,
        }
    }
}

/// How a number is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Shape {
    /// As it is: texts, whole numbers with thousands apart, others with two decimals.
    Plain,
    /// 0.137 as 13.7 %.
    Percent,
    /// A growth in logarithms as per cent a year: 0.08 as 8.3 %.
    Growth,
    /// One decimal.
    One,
    /// Two decimals.
    Two,
    /// Money in millions, one decimal.
    Millions,
    /// A year or another number that is a name: without thousands.
    Name,
}

/// A number as it is shown.
pub(crate) fn number(value: f64, shape: Shape) -> String {
    match shape {
        Shape::Plain if value.fract() == 0.0 => grouped(value, 0),
        Shape::Plain | Shape::Two => grouped(value, 2),
        // A line does not end between number and sign.
        Shape::Percent => format!("{}\u{A0}%", grouped(100.0 * value, 1)),
        Shape::Growth => format!("{}\u{A0}%", grouped(100.0 * value.exp_m1(), 1)),
        Shape::One => grouped(value, 1),
        Shape::Millions => grouped(value / 1e6, 1),
        Shape::Name => format!("{value:.0}"),
    }
}

/// A number with thousands apart and a real minus.
fn grouped(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let (whole, rest) = text.split_once('.').map_or((text.as_str(), None), |(whole, rest)| (whole, Some(rest)));
    let mut out = String::new();
    // What is rounded to nothing has no sign.
    if value < 0.0 && text.bytes().any(|byte| (b'1'..=b'9').contains(&byte)) {
        out.push('\u{2212}');
    }
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(rest) = rest {
        out.push('.');
        out.push_str(rest);
    }
    out
}

/// A day (`2024-01-22`, `2024-01`) or two with a stroke between as people of the language write them; other texts as they are.
pub(crate) fn day(text: &str, lang: Lang) -> String {
    if let Some((from, to)) = text.split_once('/').filter(|(from, to)| from.len() == to.len() && dari_model::date::parse(from).is_some()) {
        return format!("{}\u{2013}{}", day(from, lang), day(to, lang));
    }
    let parts: Vec<&str> = text.split('-').collect();
    let number = |part: &str, digits: usize| (part.len() == digits).then(|| part.parse::<usize>().ok()).flatten();
    let (Some(year), Some(month)) = (number(parts[0], 4), parts.get(1).and_then(|part| number(part, 2))) else { return text.to_owned() };
    let Some(name) = month.checked_sub(1).and_then(|month| MONTHS.get(month)) else { return text.to_owned() };
    match (parts.get(2).map(|part| number(part, 2)), lang) {
        (None, Lang::En) => format!("{name} {year}"),
        (None, Lang::Ko) => format!("{year}. {month}."),
        (Some(Some(day)), Lang::En) => format!("{day} {name} {year}"),
        (Some(Some(day)), Lang::Ko) => format!("{year}. {month}. {day}."),
        (Some(None), _) => text.to_owned(),
    }
}

const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/// How a word ends when it is read aloud in Korean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    Vowel,
    /// The consonant ㄹ, after which 로 stands like after a vowel.
    Rieul,
    Consonant,
    /// Not known from how it is written.
    Unknown,
}

fn ending(word: &str) -> Ending {
    let mut letters = word.chars().rev().skip_while(|letter| !letter.is_alphanumeric() && *letter != '%');
    let Some(last) = letters.next() else { return Ending::Unknown };
    match last {
        '가'..='힣' => match (u32::from(last) - u32::from('가')) % 28 {
            0 => Ending::Vowel,
            8 => Ending::Rieul,
            _ => Ending::Consonant,
        },
        // 이, 사, 오, 구, 퍼센트
        '2' | '4' | '5' | '9' | '%' => Ending::Vowel,
        // 일, 칠, 팔
        '1' | '7' | '8' => Ending::Rieul,
        // 영, 삼, 육
        '0' | '3' | '6' => Ending::Consonant,
        // Letters of an abbreviation are read by their names: 엘, 알, 엠, 엔.
        'L' | 'R' => Ending::Rieul,
        'M' | 'N' => Ending::Consonant,
        'A'..='Z' => Ending::Vowel,
        _ => Ending::Unknown,
    }
}

/// The particle of a pair (after a consonant, after a vowel) that follows a word: 은 or 는; both where how the word is read is not known.
pub(crate) fn particle(word: &str, after_consonant: &str, after_vowel: &str) -> String {
    match ending(word) {
        Ending::Vowel => after_vowel.to_owned(),
        Ending::Rieul if after_vowel.starts_with('로') => after_vowel.to_owned(),
        Ending::Rieul | Ending::Consonant => after_consonant.to_owned(),
        Ending::Unknown if after_vowel.starts_with('로') => "(으)로".to_owned(),
        Ending::Unknown => format!("{after_consonant}({after_vowel})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_people_read_them() {
        assert_eq!(number(1_234_567.0, Shape::Plain), "1,234,567");
        assert_eq!(number(-1_234.5, Shape::One), "\u{2212}1,234.5");
        assert_eq!(number(-0.0001, Shape::Percent), "0.0\u{A0}%");
        assert_eq!(number(0.1366, Shape::Percent), "13.7\u{A0}%");
        // ln 1.08 a year is 8 % a year.
        assert_eq!(number(1.08_f64.ln(), Shape::Growth), "8.0\u{A0}%");
        assert_eq!(number(2024.0, Shape::Name), "2024");
        assert_eq!(number(12_340_000.0, Shape::Millions), "12.3");
    }

    #[test]
    fn days_of_both_languages() {
        assert_eq!(day("2024-01-22", Lang::En), "22 January 2024");
        assert_eq!(day("2024-01-22", Lang::Ko), "2024. 1. 22.");
        assert_eq!(day("2024-05", Lang::En), "May 2024");
        assert_eq!(day("2024", Lang::Ko), "2024");
        assert_eq!(day("2027-03-03/2027-03-04", Lang::En), "3 March 2027\u{2013}4 March 2027");
        assert_eq!(day("kr-nst-2023/quantum", Lang::En), "kr-nst-2023/quantum");
        assert_eq!(day("2024-13-01", Lang::En), "2024-13-01");
        assert_eq!(day("2020-2024", Lang::Ko), "2020-2024");
        assert_eq!(day("12-3", Lang::Ko), "12-3");
    }

    #[test]
    fn particles_follow_how_a_word_is_read() {
        let said = |word: &str, pair: [&str; 2]| format!("{word}{}", particle(word, pair[0], pair[1]));
        assert_eq!(said("한국", ["은", "는"]), "한국은");
        assert_eq!(said("미국", ["이", "가"]), "미국이");
        assert_eq!(said("이차전지", ["을", "를"]), "이차전지를");
        assert_eq!(said("양자", ["과", "와"]), "양자와");
        assert_eq!(said("서울", ["으로", "로"]), "서울로");
        assert_eq!(said("부산", ["으로", "로"]), "부산으로");
        assert_eq!(said("13.7 %", ["으로", "로"]), "13.7 %로");
        assert_eq!(said("ARPA-E", ["은", "는"]), "ARPA-E는");
        assert_eq!(said("KIST", ["이", "가"]), "KIST가");
        assert_eq!(said("MIT(매사추세츠공과대학)", ["은", "는"]), "MIT(매사추세츠공과대학)은");
        assert_eq!(said("Stanford", ["은", "는"]), "Stanford은(는)");
        assert_eq!(said("3", ["이", "가"]), "3이");
    }
}
