//! Dates in Korean.

use std::ops::Range;
use std::sync::LazyLock;

use dari_model::date::{civil, days};
use regex::{Captures, Regex};

use super::english::{Part, after, narrow, unit, week_of_month, weekday_number};
use super::point::{Point, Toward, shifted};
use super::{Atom, Limit, Reader, Same};
use crate::draft::words::{before, behind, ends_name};
use crate::text::is_hangul;

/// A year, or one told from that of publication or of the date before.
const YEAR: &str =
    r"(?:(?:(?:19|20)[0-9]{2}|['’‘`´][0-9]{2})\s?년(?:도)?|올해|올|금년|내년|내후년|작년|지난해|재작년|전년|같은 해|동년|이듬해)";
/// A month told from that of publication or of the date before.
const MONTH: &str = r"(?:지난\s?달|이번\s?달|다음\s?달|이달|내달|금월|전월|익월|같은\s?달|동월)";
const TO: &str = r"\s?(?:[~∼～〜–·・ㆍ-]|부터\s|에서\s|과\s|와\s|,\s)\s?";
const WEEKDAY: &str = r"(?:\s?\([월화수목금토일]\))?";

pub(super) static PATTERNS: LazyLock<Vec<(Regex, Reader)>> = LazyLock::new(|| {
    let all: Vec<(String, Reader)> = vec![
        // 2024. 1. 22.(월)~23.(화), '24.1.22, 1.22.(월)
        (
            format!(
                r"(?:(?P<y>(?:19|20)[0-9]{{2}}|['’‘`´][0-9]{{2}})\.\s?)(?P<m>[0-9]{{1,2}})\.\s?(?P<d>[0-9]{{1,2}})\.?{WEEKDAY}(?:\s?[~∼～〜–-]\s?(?:(?P<n>[0-9]{{1,2}})\.\s?)?(?P<e>[0-9]{{1,2}})\.?{WEEKDAY})?"
            ),
            day,
        ),
        (
            format!(
                r"(?P<m>[0-9]{{1,2}})\.\s?(?P<d>[0-9]{{1,2}})\.?\s?\([월화수목금토일]\)(?:\s?[~∼～〜–-]\s?(?:(?P<n>[0-9]{{1,2}})\.\s?)?(?P<e>[0-9]{{1,2}})\.?{WEEKDAY})?"
            ),
            day,
        ),
        (r"(?P<y>(?:19|20)[0-9]{2})\.\s?(?P<m>[0-9]{1,2})\.".to_owned(), months),
        (
            format!(
                r"(?:(?P<y>{YEAR})\s?)?(?P<m>[0-9]{{1,2}})월\s?(?P<d>[0-9]{{1,2}})일?{WEEKDAY}{TO}(?P<e>[0-9]{{1,2}})일{WEEKDAY}(?:\s?까지)?"
            ),
            day,
        ),
        (format!(r"(?:(?P<y>{YEAR})\s?)?(?P<m>[0-9]{{1,2}})월\s?(?P<d>[0-9]{{1,2}})일{WEEKDAY}"), day),
        (format!(r"(?P<r>{MONTH})\s?(?P<d>[0-9]{{1,2}})일?{WEEKDAY}(?:{TO}(?P<e>[0-9]{{1,2}})일{WEEKDAY}(?:\s?까지)?|일)"), month_day),
        (format!(r"(?P<r>{MONTH})\s?(?P<d>[0-9]{{1,2}})일{WEEKDAY}"), month_day),
        (format!(r"(?:(?P<y>{YEAR})\s?)?(?P<m>[0-9]{{1,2}})월\s?(?P<w>첫째|둘째|셋째|넷째|다섯째|첫|마지막|[1-5])\s?주"), week_in_month),
        (format!(r"(?:(?P<y>{YEAR})\s?)?(?P<m>[0-9]{{1,2}})월?{TO}(?P<n>[0-9]{{1,2}})월(?:\s?까지)?"), months),
        (format!(r"(?:(?P<y>{YEAR})\s?)?(?P<m>[0-9]{{1,2}})월"), months),
        (format!(r"(?:(?P<y>{YEAR})\s?)?(?P<q>[1-4])(?:\s?[~∼～〜·-]\s?(?P<p>[1-4]))?(?:/4)?\s?분기"), quarter),
        (format!(r"(?:(?P<y>{YEAR})\s?)?(?P<h>상|하)반기"), half),
        (format!(r"(?:(?P<y>{YEAR}|지난|오는|다음|이번)\s?)?(?P<s>봄|여름|가을|겨울)(?:철)?"), season),
        (r"(?P<y>(?:19|20)[0-9]{2})년?\s?(?:[~∼～〜–-]|부터\s|에서\s)\s?(?P<z>(?:19|20)[0-9]{2}|[0-9]{2})년(?:\s?까지)?".to_owned(), years),
        (format!(r"(?P<y>{YEAR})"), year),
        (format!(r"(?P<r>{MONTH})"), month),
        (r"(?P<t>연내|연말|연초|세밑)".to_owned(), part_of_year),
        (r"(?:(?P<r>지난\s?주|이번\s?주|금주|다음\s?주|내주|차주|지난|오는|이번)\s?)(?P<w>[월화수목금토일])요일".to_owned(), weekday),
        (r"(?P<r>지지난\s?주|지난\s?주|이번\s?주|금주|다음\s?주|내주|차주)".to_owned(), week),
        (r"(?P<t>오늘|어제|내일|금일|작일|명일|그제|모레)".to_owned(), near),
        (r"(?:향후\s|앞으로\s)?(?P<n>[0-9]{1,3}|한|두|세|석|네|넉)\s?(?P<u>일|주|개월|달|년)\s?(?:이내|안|내)".to_owned(), duration),
        (format!(r"(?P<d>[0-9]{{1,2}})일?{WEEKDAY}{TO}(?P<e>[0-9]{{1,2}})일{WEEKDAY}(?:\s?까지)?"), bare_day),
        (format!(r"(?P<d>[0-9]{{1,2}})일{WEEKDAY}"), bare_day),
        (r"(?P<m>[0-9]{1,2})\.(?P<d>[0-9]{1,2})".to_owned(), dotted),
    ];
    all.into_iter().filter_map(|(pattern, reader)| Some((Regex::new(&pattern).ok()?, reader))).collect()
});

/// Syllables behind a day, month or year that make it a duration or another word.
const NO_DATES: &[&str] =
    &["간", "째", "동안", "만에", "만 ", "정도", "이상", "차", "령", "급", "호", "짜리", "치 ", "여", "당", "생", "산 ", "분 "];

/// Units that decimals have.
const DECIMAL_UNITS: &[&str] = &[
    "조",
    "억",
    "만",
    "천",
    "백",
    "배",
    "퍼센트",
    "편",
    "점",
    "도 ",
    "도를",
    "도의",
    "명",
    "건",
    "개",
    "년",
    "킬로",
    "미터",
    "밀리",
    "나노",
    "마이크로",
    "메가",
    "기가",
    "테라",
    "톤",
    "그램",
    "원",
    "달러",
    "유로",
    "시간",
    "초",
    "분",
    "대 ",
    "이상",
    "이하",
    "버전",
    "볼트",
    "와트",
];

/// Whether what surrounds a match lets it be a date.
pub(super) fn has_edges(text: &str, range: &Range<usize>) -> bool {
    let matched = &text[range.clone()];
    let previous = before(text, range.start, 12);
    let next = behind(text, range.end, 36);
    let digit_first = matched.starts_with(|sign: char| sign.is_ascii_digit());
    if digit_first {
        if previous.ends_with(|sign: char| sign.is_ascii_alphanumeric() || "제$₩№#/".contains(sign))
            || previous.ends_with('박')
            || previous.ends_with("박 ")
        {
            return false;
        }
        // "1,022일", "3.14월"
        if previous.ends_with(['.', ',', '-']) && previous[..previous.len() - 1].ends_with(|sign: char| sign.is_ascii_digit()) {
            return false;
        }
    } else if matched.starts_with(is_hangul) && previous.ends_with(is_hangul) {
        return false;
    }
    if matched.len() <= 5 && matched.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        // "3.13 면담하였음" among decimals: a Korean word that is no unit comes after a space.
        let before = previous.is_empty() || previous.ends_with([' ', '\n', '(']);
        let after = next
            .strip_prefix(' ')
            .is_some_and(|word| word.starts_with(is_hangul) && !DECIMAL_UNITS.iter().any(|unit| word.starts_with(unit)));
        return before && after && !previous.ends_with(|sign: char| sign.is_ascii_digit());
    }
    if matched.ends_with(|sign: char| sign.is_ascii_digit()) {
        let number_goes_on = next.starts_with(['.', ',', '-', '/', ':']) && next[1..].starts_with(|sign: char| sign.is_ascii_digit());
        return !number_goes_on && !next.starts_with(|sign: char| sign.is_alphanumeric() || sign == '%');
    }
    if matched.ends_with(is_hangul) {
        let blank = next.trim_start();
        if NO_DATES.iter().any(|other| next.starts_with(other)) || blank.starts_with("동안") || blank.starts_with("만에") {
            return false;
        }
        if matched == "올" || matched == "전년" && next.starts_with('도') {
            return false;
        }
        // "내일처럼", "작년도", "월말", "22일자", "3월경": what may follow in the same word.
        let open = [
            "말",
            "초",
            "중",
            "경",
            "쯤",
            "께",
            "자",
            "자로",
            "도",
            "안",
            "내",
            "까지",
            "전",
            "이전",
            "이후",
            "후",
            "부터",
            "께부터",
            "중순",
            "하순",
            "상순",
            "초순",
            "초부터",
        ];
        return ends_name(next) || open.iter().any(|suffix| next.strip_prefix(suffix).is_some_and(ends_name));
    }
    true
}

fn text_of<'a>(groups: &'a Captures<'_>, name: &str) -> Option<&'a str> {
    groups.name(name).map(|group| group.as_str())
}

fn number(groups: &Captures<'_>, name: &str) -> Option<u32> {
    text_of(groups, name)?.parse().ok()
}

/// The year of a group and whether it is that of the date before.
fn year_of(groups: &Captures<'_>, published: Option<i32>) -> Option<(Option<i32>, Same)> {
    let Some(text) = text_of(groups, "y") else { return Some((None, Same::None)) };
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if let Ok(year) = digits.parse::<i32>() {
        return Some((Some(if digits.len() == 2 { 2000 + year } else { year }), Same::None));
    }
    let by = match text {
        "올해" | "올" | "금년" => 0,
        "내년" => 1,
        "내후년" => 2,
        "작년" | "지난해" | "전년" => -1,
        "재작년" => -2,
        _ => return Some((None, if text == "이듬해" { Same::None } else { Same::Year })),
    };
    Some((Some(civil(published?).0 + by), Same::None))
}

fn marked(atom: Atom, same: Same) -> Atom {
    Atom { same, ..atom }
}

fn day(groups: &Captures<'_>, published: Option<i32>) -> Option<Atom> {
    let (year, same) = year_of(groups, published)?;
    let (month, first) = (number(groups, "m")?, number(groups, "d")?);
    let last_month = number(groups, "n").unwrap_or(month);
    let last = number(groups, "e").unwrap_or(first);
    // 2024 is a leap year.
    days(2024, month, first)?;
    days(2024, last_month, last)?;
    ((month, first) <= (last_month, last))
        .then(|| marked(Atom::new(Point::day(year, Some(month), first), Point::day(year, Some(last_month), last)), same))
}

fn dotted(groups: &Captures<'_>, _: Option<i32>) -> Option<Atom> {
    // "3.13 면담" in a text with other decimals is a date only if there is Korean right behind and no unit: `around` sees to it.
    let (month, day) = (number(groups, "m")?, number(groups, "d")?);
    if text_of(groups, "m")?.starts_with('0') && text_of(groups, "d")?.len() < 2 {
        return None;
    }
    days(2024, month, day)?;
    Some(Atom::one(Point::day(None, Some(month), day)))
}

/// The months that a word like "지난달" is, if it is told from publication.
fn relative_month(text: &str, published: Option<i32>) -> Option<(Option<(i32, u32)>, Same)> {
    let text: String = text.chars().filter(|sign| !sign.is_whitespace()).collect();
    let by = match text.as_str() {
        "지난달" | "전월" => -1,
        "이번달" | "이달" | "금월" => 0,
        "다음달" | "내달" | "익월" => 1,
        _ => return Some((None, Same::Month)),
    };
    let (year, month, _) = civil(published?);
    Some((Some(shifted(year, month, by)), Same::None))
}

fn month(groups: &Captures<'_>, published: Option<i32>) -> Option<Atom> {
    let (month, same) = relative_month(text_of(groups, "r")?, published)?;
    let point = month.map_or(Point::default(), |(year, month)| Point::month(Some(year), month));
    Some(marked(Atom::one(point), same))
}

fn month_day(groups: &Captures<'_>, published: Option<i32>) -> Option<Atom> {
    let (month, same) = relative_month(text_of(groups, "r")?, published)?;
    let first = number(groups, "d")?;
    let last = number(groups, "e").unwrap_or(first);
    let point = |day| Point::day(month.map(|(year, _)| year), month.map(|(_, month)| month), day);
    ((1..=31).contains(&first) && (first..=31).contains(&last)).then(|| marked(Atom::new(point(first), point(last)), same))
}

fn bare_day(groups: &Captures<'_>, _: Option<i32>) -> Option<Atom> {
    let first = number(groups, "d")?;
    let last = number(groups, "e").unwrap_or(first);
    ((1..=31).contains(&first) && (first..=31).contains(&last))
        .then(|| Atom::new(Point::day(None, None, first), Point::day(None, None, last)))
}

fn months(groups: &Captures<'_>, published: Option<i32>) -> Option<Atom> {
    let (year, same) = year_of(groups, published)?;
    let first = number(groups, "m")?;
    let last = number(groups, "n").unwrap_or(first);
    let to = if last < first { year.map(|year| year + 1) } else { year };
    ((1..=12).contains(&first) && (1..=12).contains(&last))
        .then(|| marked(Atom::new(Point::month(year, first), Point::month(to, last)), same))
}

fn week_place(word: &str) -> Option<i32> {
    Some(match word {
        "첫째" | "첫" | "1" => 0,
        "둘째" | "2" => 1,
        "셋째" | "3" => 2,
        "넷째" | "4" => 3,
        "마지막" => return None,
        _ => 4,
    })
}

fn week_in_month(groups: &Captures<'_>, published: Option<i32>) -> Option<Atom> {
    let (year, _) = year_of(groups, published)?;
    week_of_month(year, number(groups, "m")?, week_place(text_of(groups, "w")?), published)
}

fn quarter(groups: &Captures<'_>, published: Option<i32>) -> Option<Atom> {
    let (year, same) = year_of(groups, published)?;
    let first = number(groups, "q")?;
    let last = number(groups, "p").unwrap_or(first);
    (first <= last).then(|| marked(Atom::new(Point::month(year, first * 3 - 2), Point::month(year, last * 3)), same))
}

fn half(groups: &Captures<'_>, published: Option<i32>) -> Option<Atom> {
    let (year, same) = year_of(groups, published)?;
    let (first, last) = if text_of(groups, "h")? == "상" { (1, 6) } else { (7, 12) };
    Some(marked(Atom::new(Point::month(year, first), Point::month(year, last)), same))
}

fn season(groups: &Captures<'_>, published: Option<i32>) -> Option<Atom> {
    let lead = text_of(groups, "y");
    // "겨울" alone is weather more often than a date.
    let lead = lead?;
    let (first, last) = match text_of(groups, "s")? {
        "봄" => (3, 5),
        "여름" => (6, 8),
        "가을" => (9, 11),
        _ => (12, 2),
    };
    let (year, toward) = match lead {
        "지난" => (None, Toward::Past),
        "오는" | "다음" => (None, Toward::Future),
        "이번" => (Some(civil(published?).0), Toward::Nearest),
        _ => (year_of(groups, published)?.0, Toward::Nearest),
    };
    Some(Atom::new(Point::month(year, first), Point::month(year.map(|year| year + i32::from(last < first)), last)).toward(toward))
}

fn years(groups: &Captures<'_>, _: Option<i32>) -> Option<Atom> {
    let first: i32 = text_of(groups, "y")?.parse().ok()?;
    let last: i32 = text_of(groups, "z")?.parse().ok()?;
    let last = if last < 100 { first / 100 * 100 + last } else { last };
    (first < last).then(|| Atom::new(Point::year(first), Point::year(last)))
}

fn year(groups: &Captures<'_>, published: Option<i32>) -> Option<Atom> {
    let (year, same) = year_of(groups, published)?;
    match (year, same) {
        (Some(year), _) => Some(Atom::one(Point::year(year))),
        (None, Same::Year) => Some(marked(Atom::one(Point::default()), same)),
        _ => None,
    }
}

fn part_of_year(groups: &Captures<'_>, published: Option<i32>) -> Option<Atom> {
    let (year, ..) = civil(published?);
    Some(match text_of(groups, "t")? {
        "연내" => Atom::one(Point::year(year)).limit(Limit::By),
        "연초" => Atom::one(Point::month(Some(year), 1)),
        _ => Atom::one(Point::month(Some(year), 12)),
    })
}

fn week_by(text: &str) -> i32 {
    let text: String = text.chars().filter(|sign| !sign.is_whitespace()).collect();
    match text.as_str() {
        "지지난주" => -2,
        "지난주" => -1,
        "이번주" | "금주" | "이번" => 0,
        _ => 1,
    }
}

fn week(groups: &Captures<'_>, published: Option<i32>) -> Option<Atom> {
    Some(unit("week", week_by(text_of(groups, "r")?), published?))
}

fn weekday(groups: &Captures<'_>, published: Option<i32>) -> Option<Atom> {
    let published = published?;
    let place = "월화수목금토일".find(text_of(groups, "w")?)? as i32 / 3;
    let today = weekday_number(published);
    let day = match text_of(groups, "r")? {
        "지난" => published - ((today - place - 1).rem_euclid(7) + 1),
        "오는" => published + ((place - today - 1).rem_euclid(7) + 1),
        lead => published - today + place + 7 * week_by(lead),
    };
    Some(Atom::one(Point::of(day)))
}

fn near(groups: &Captures<'_>, published: Option<i32>) -> Option<Atom> {
    let by = match text_of(groups, "t")? {
        "오늘" | "금일" => 0,
        "어제" | "작일" => -1,
        "그제" => -2,
        "모레" => 2,
        _ => 1,
    };
    Some(Atom::one(Point::of(published? + by)))
}

fn duration(groups: &Captures<'_>, published: Option<i32>) -> Option<Atom> {
    let count = match text_of(groups, "n")? {
        "한" => 1,
        "두" => 2,
        "세" | "석" => 3,
        "네" | "넉" => 4,
        digits => digits.parse().ok()?,
    };
    let name = match text_of(groups, "u")? {
        "일" => "day",
        "주" => "week",
        "년" => "year",
        _ => "month",
    };
    after(published?, count, name)
}

static LEAD: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?P<way>지난|오는|돌아오는|다가오는|이번)\s?$").ok());
static TAIL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"^(?P<part>\s?(?:초순|상순|중순|하순|중반|초|말)(?:경|께|쯤)?)?",
        r"(?P<limit>\s?까지(?:는|도)?|\s(?:이전|전|안|내)(?:에|으로|에는)?|(?:이전|전|안|내)(?:에|으로|에는)|\s?이내(?:에)?|\s중(?:에|으로)?|중(?:에|으로)|\s?무렵(?:에)?|경|쯤|께)?"
    ))
    .ok()
});

static DAYS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^부터\s?(?:(?P<n>[0-9]{1,2})일|(?P<w>이틀|사흘|나흘|닷새|엿새|이레|열흘))(?:간|\s동안)").ok());

/// "3일부터 이틀간": the days behind a first day.
fn days_from(next: &str) -> Option<(u32, usize)> {
    let groups = DAYS.as_ref()?.captures(next)?;
    let count = match text_of(&groups, "w") {
        Some(word) => ["이틀", "사흘", "나흘", "닷새", "엿새", "이레", "", "", "열흘"].iter().position(|other| *other == word)? as u32 + 2,
        None => number(&groups, "n")?,
    };
    Some((count, groups.get(0)?.end()))
}

/// Takes in the words around a date that change it: "지난", "말", "까지", "안에", "중".
pub(super) fn around(text: &str, atom: &mut Atom, _: Option<i32>) {
    let matched = &text[atom.range.clone()];
    if !matched.chars().any(is_hangul) && !matched.contains('.') {
        return;
    }
    if atom.from.year.is_none() && atom.same == Same::None {
        let previous = before(text, atom.range.start, 18);
        if let Some(way) = LEAD.as_ref().and_then(|lead| lead.captures(previous)).and_then(|groups| groups.name("way"))
            && !previous[..way.start()].ends_with(is_hangul)
        {
            atom.toward = match way.as_str() {
                "지난" => Toward::Past,
                "이번" => Toward::Nearest,
                _ => Toward::Future,
            };
            atom.range.start -= previous.len() - way.start();
        }
    }
    let next = behind(text, atom.range.end, 40);
    if let (Some(day), true, Some((count, length))) = (atom.from.day, atom.from == atom.to, days_from(next))
        && (1..31).contains(&count)
        && day + count <= 32
    {
        atom.to.day = Some(day + count - 1);
        atom.range.end += length;
        return;
    }
    let Some(groups) = TAIL.as_ref().and_then(|tail| tail.captures(next)) else { return };
    let mut end = 0;
    if let Some(part) = groups.name("part") {
        // "3월 초대", "5월 말레이시아"
        let rest = &next[part.end()..];
        let open = ["까지", "경", "께", "쯤", "이전", "안", "전"].iter().any(|suffix| rest.starts_with(suffix));
        if !(open || ends_name(rest)) {
            return;
        }
        narrow(
            atom,
            match part.as_str().trim().trim_end_matches(['경', '께', '쯤']) {
                "초" | "초순" | "상순" => Part::Early,
                "중순" | "중반" => Part::Mid,
                "하순" => Part::Late,
                _ => Part::End,
            },
        );
        end = part.end();
    }
    if let Some(limit) = groups.name("limit") {
        let rest = &next[limit.end()..];
        let word = limit.as_str().trim();
        // "올해 전체", "올해 내내", "3월 중국"
        let whole = ends_name(rest) && !(word == "전" && rest.starts_with(is_hangul)) && !rest.starts_with("내");
        if whole {
            let bare = word.trim_end_matches("에는").trim_end_matches('에').trim_end_matches("으로").trim_end_matches(['는', '도']);
            match bare {
                "까지" | "안" | "내" | "이내" if atom.limit == Limit::None && !spans_days(atom) => atom.limit = Limit::By,
                "전" | "이전" if atom.limit == Limit::None => atom.limit = Limit::Before,
                _ => {}
            }
            end = limit.end();
        }
    }
    atom.range.end += end;
}

/// "22일부터 23일까지" is a span and no limit.
fn spans_days(atom: &Atom) -> bool {
    atom.from != atom.to && (atom.from.day.is_some() && atom.to.day.is_some() && atom.from.day != Some(1) || atom.range.is_empty())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn patterns_compile() {
        assert_eq!(PATTERNS.len(), 24);
        assert!(LEAD.is_some() && TAIL.is_some() && DAYS.is_some());
    }
}
