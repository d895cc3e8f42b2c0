//! Korean names in Latin letters. They are written in many ways (Gyeongbuk, Kyungpook, Kyongbuk); what stays the same is the sequence of consonants.

/// Revised Romanization of Hangul syllables, letter by letter without sound changes; other characters as they are.
///
/// ```
/// assert_eq!(dari_organisations::romanise("경북대학교"), "gyeongbukdaehakgyo");
/// ```
pub fn romanise(text: &str) -> String {
    const INITIAL: [&str; 19] = ["g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "", "j", "jj", "ch", "k", "t", "p", "h"];
    const VOWEL: [&str; 21] =
        ["a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae", "oe", "yo", "u", "wo", "we", "wi", "yu", "eu", "ui", "i"];
    const FINAL: [&str; 28] = [
        "", "k", "k", "k", "n", "n", "n", "t", "l", "k", "m", "l", "l", "l", "p", "l", "m", "p", "p", "t", "t", "ng", "t", "t", "k", "t",
        "p", "t",
    ];
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let code = (c as u32).wrapping_sub(0xac00);
        if code < 11_172 {
            let code = code as usize;
            out.push_str(INITIAL[code / 588]);
            out.push_str(VOWEL[code % 588 / 28]);
            out.push_str(FINAL[code % 28]);
        } else {
            out.push(c);
        }
    }
    out
}

/// What a Korean university or institute is called for short: 서울대 for 서울대학교, 이화여대 for 이화여자대학교, 광주과기원 for 광주과학기술원.
pub(crate) fn short_form(name: &str) -> Option<String> {
    [("여자대학교", "여대"), ("공과대학교", "공대"), ("대학교", "대"), ("과학기술원", "과기원")]
        .into_iter()
        .find_map(|(whole, short)| Some(format!("{}{short}", name.strip_suffix(whole).filter(|rest| !rest.is_empty())?)))
}

/// The consonants of a romanised Korean word, those that systems of romanisation write differently as one (g and k, d and t, b and p, j and ch, l and r), vowels
/// dropped, repeated ones once.
pub(crate) fn skeleton(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    let mut letters = word.chars().peekable();
    while let Some(letter) = letters.next() {
        let sound = match letter {
            'g' | 'k' | 'q' => 'k',
            'd' | 't' => 't',
            'b' | 'p' | 'f' | 'v' => 'p',
            'c' if letters.peek() == Some(&'h') => {
                letters.next();
                'j'
            }
            'c' => 'k',
            'j' | 'z' => 'j',
            'l' | 'r' => 'l',
            's' if letters.peek() == Some(&'h') => {
                letters.next();
                's'
            }
            's' | 'm' | 'n' | 'h' => letter,
            _ => continue,
        };
        if !out.ends_with(sound) {
            out.push(sound);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name_share_a_skeleton() {
        for names in [
            &["gyeongbuk", "kyungpook", "kyongbuk", "kyungpuk"][..],
            &["jeonnam", "chonnam", "cheonnam"],
            &["busan", "pusan"],
            &["daegu", "taegu"],
            &["seonggyungwan", "sungkyunkwan", "songgyungwan"],
            &["joseon", "chosun", "chosun"],
        ] {
            let first = skeleton(names[0]);
            assert!(names.iter().all(|name| skeleton(name) == first), "{names:?} {first}");
        }
        assert_ne!(skeleton("chungnam"), skeleton("chonnam"));
        assert_ne!(skeleton("gangwon"), skeleton("gwangju"));
    }

    #[test]
    fn hangul_in_latin_letters() {
        assert_eq!(romanise("서울대학교"), "seouldaehakgyo");
        assert_eq!(skeleton(&romanise("한국과학기술원")), skeleton("hangukgwahakgisurwon"));
    }
}
