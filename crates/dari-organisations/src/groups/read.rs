//! Reading a group file: its TOML into a [`Group`], or all that is wrong in it with the lines.

use std::collections::BTreeSet;

use dari_model::country::{self, Country};
use dari_model::{date, ror};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::groups::day::{day, is_year_last, year_first};
use crate::groups::{Bilingual, Entry, Group, Members, Missing, NEAR, Problem, ProblemKind, Role, Source, Validity, Who};

type Value<'a> = Spanned<DeValue<'a>>;

impl Group {
    /// Reads a group file of the name `file` (used in problems only).
    ///
    /// # Errors
    /// All that is wrong, with the lines: anything but TOML of the known keys, malformed ids, dates and codes, a member with neither or both of `ror` and
    /// `group`, dates that end before they begin or overlap for the same member, and sources that are cited but not given.
    pub fn parse(file: &str, text: &str) -> Result<Self, Vec<Problem>> {
        match read(file, text) {
            (Some(group), problems) if problems.is_empty() => Ok(group),
            (_, problems) => Err(problems),
        }
    }
}

/// What is readable of a group file, and what is wrong in it; no group where not even its id is readable. Entries with a fault are left out.
pub(super) fn read(file: &str, text: &str) -> (Option<Group>, Vec<Problem>) {
    let mut reader = Reader { file, text, who: (None, None), faults: 0, bad_dates: BTreeSet::new(), problems: Vec::new() };
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut broken = false;
    for error in &errors {
        broken |= !reader.bad_date(error.span().map(|span| span.start));
    }
    if broken {
        reader.not_toml(&errors);
    }
    // Of what is not TOML the rest may be read wrongly; that the file is meant for this group is all that is taken from it.
    let group = if broken { reader.bare(table.get_ref()) } else { reader.group(table.get_ref()) };
    (group, reader.problems)
}

struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    /// ROR id and name of the member under way.
    who: (Option<String>, Option<String>),
    /// Faults met, those that are not told twice among them.
    faults: usize,
    /// Lines of dates that are none.
    bad_dates: BTreeSet<usize>,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn line(&self, offset: usize) -> usize {
        self.text.get(..offset).unwrap_or(self.text).matches('\n').count() + 1
    }

    fn fault(&mut self, line: Option<usize>, en: impl Into<String>, ko: impl Into<String>) {
        self.faults += 1;
        if line.is_some_and(|line| self.bad_dates.contains(&line)) {
            return;
        }
        let (ror, name) = self.who.clone();
        let (file, message) = (self.file.to_owned(), Bilingual::new(en, ko));
        self.problems.push(Problem { file, line, ror, name, kind: ProblemKind::Form, message });
    }

    fn fault_at<T>(&mut self, value: &Spanned<T>, en: impl Into<String>, ko: impl Into<String>) {
        let line = self.line(value.span().start);
        self.fault(Some(line), en, ko);
    }

    /// Tells of a date in which the parser found a fault; `false`: the fault is not in a date.
    fn bad_date(&mut self, at: Option<usize>) -> bool {
        let Some(at) = at else { return false };
        let of_date = |c: char| c.is_ascii_digit() || matches!(c, '-' | '/' | '.');
        let (Some(before), Some(behind)) = (self.text.get(..at), self.text.get(at..)) else { return false };
        let start = before.trim_end_matches(of_date).len();
        let end = at + behind.find(|c| !of_date(c)).unwrap_or(behind.len());
        let found = &self.text[start..end];
        let line = self.line(start);
        let (en, ko) = match year_first(found) {
            // "20240129" is a number to TOML, not a fault.
            Some((year, month, of_month)) if date::days(year, month, of_month).is_some() => {
                let right = format!("{year:04}-{month:02}-{of_month:02}");
                (format!("write the date like this: {right}, found {found}"), format!("날짜는 {right}처럼 쓸 것: {found}"))
            }
            Some(_) => (format!("there is no day {found}"), format!("{found}: 없는 날짜")),
            None if is_year_last(found) => (
                format!("write the date with the year first, such as 2024-05-26, found {found}"),
                format!("날짜는 2024-05-26처럼 연도부터 쓸 것: {found}"),
            ),
            None => return false,
        };
        self.fault(Some(line), en, ko);
        self.bad_dates.insert(line);
        true
    }

    /// Tells of what is not TOML, once a line.
    fn not_toml(&mut self, errors: &[toml::de::Error]) {
        let mut told = self.bad_dates.clone();
        for error in errors {
            let line = error.span().map(|span| self.line(span.start));
            if line.is_none_or(|line| told.insert(line)) {
                let message = error.message().replace('\n', ", ");
                self.fault(line, format!("this is not TOML: {message}"), format!("TOML 문법에 맞지 않음: {message}"));
            }
        }
    }

    /// A group of which only the id is known.
    fn bare(&self, table: &DeTable<'_>) -> Option<Group> {
        let id = value(table, "id")?.get_ref().as_str()?.to_owned();
        let (name, about) = (Bilingual::default(), Bilingual::default());
        let members = Members::Organisations(Vec::new());
        Some(Group { id, name, about, sources: Vec::new(), members, missing: Vec::new(), file: self.file.to_owned() })
    }

    fn group(&mut self, table: &DeTable<'_>) -> Option<Group> {
        self.known(table, &["id", "name", "about", "source", "member", "country", "missing"]);
        let id = self.needed(table, "id", 0);
        if let Some(id) = &id
            && (id.is_empty() || !id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'))
        {
            let line = value(table, "id").map(|value| self.line(value.span().start));
            let ko = format!("id '{id}': 영문 소문자, 숫자, 하이픈만 쓸 수 있음");
            self.fault(line, format!("the id '{id}' is not of small letters, digits and hyphens"), ko);
        }
        let name = self.bilingual(table, "name");
        if value(table, "name").is_none() {
            self.fault(None, "the group needs a name", "그룹 이름(name)이 없음");
        }
        let about = self.bilingual(table, "about").unwrap_or_default();
        let sources: Vec<Source> = self.tables(table, "source").into_iter().filter_map(|value| self.source(value)).collect();
        let missing: Vec<Missing> = self.tables(table, "missing").into_iter().filter_map(|value| self.missing(value)).collect();
        // A source with a fault is there all the same for those that cite it.
        let mut keys = BTreeSet::new();
        for source in self.tables(table, "source") {
            let Some(key) = source.get_ref().as_table().and_then(|table| value(table, "key")) else { continue };
            if let Some(text) = key.get_ref().as_str()
                && !keys.insert(text.to_owned())
            {
                self.fault_at(key, format!("two sources have the key '{text}'"), format!("출처(source) 두 개의 key가 같음: '{text}'"));
            }
        }
        let (member, country) = (self.tables(table, "member"), self.tables(table, "country"));
        let members = match (value(table, "member").is_none(), value(table, "country").is_none()) {
            (true, false) => {
                let entries: Vec<_> = country.into_iter().filter_map(|value| self.country(value, &keys)).collect();
                self.check(&entries, |country| (country.code, country.code, country.name_en));
                Members::Countries(entries)
            }
            (only, _) => {
                if only || value(table, "country").is_some() {
                    let (found, found_ko) = if only { ("neither", "둘 다 없음") } else { ("both", "둘 다 있음") };
                    self.fault(
                        None,
                        format!("expected [[member]] tables (organisations) or [[country]] tables, found {found}"),
                        format!("[[member]](기관) 표나 [[country]](국가) 표 중 하나가 있어야 함: {found_ko}"),
                    );
                }
                let entries: Vec<_> = member.into_iter().filter_map(|value| self.member(value, &keys)).collect();
                self.check(&entries, |who| match who {
                    Who::Organisation { ror, name } => ("", ror, &name.en),
                    Who::Group(id) => ("group", id, ""),
                });
                Members::Organisations(entries)
            }
        };
        Some(Group { id: id?, name: name.unwrap_or_default(), about, sources, members, missing, file: self.file.to_owned() })
    }

    fn source(&mut self, value: &Value<'_>) -> Option<Source> {
        let table = self.table(value, "source")?;
        self.known(table, &["key", "title", "url", "date"]);
        let at = value.span().start;
        let (key, title) = (self.needed(table, "key", at), self.needed(table, "title", at));
        let (url, date) = (self.text(table, "url"), self.day(table, "date"));
        Some(Source { key: key?, title: title?, url, date })
    }

    fn missing(&mut self, value: &Value<'_>) -> Option<Missing> {
        let table = self.table(value, "missing")?;
        self.known(table, &["name", "why"]);
        let at = value.span().start;
        let (name, why) = (self.needed(table, "name", at), self.needed(table, "why", at));
        Some(Missing { name: name?, why: why? })
    }

    fn member(&mut self, member: &Value<'_>, keys: &BTreeSet<String>) -> Option<Entry<Who>> {
        let table = self.table(member, "member")?;
        let before = self.faults;
        let line = self.line(member.span().start);
        let raw = |key| value(table, key).map(Spanned::get_ref);
        let name_en = raw("name").and_then(|name| name.as_str().or_else(|| value(name.as_table()?, "en")?.get_ref().as_str()));
        self.who = (raw("ror").and_then(|ror| ror.as_str()).map(str::to_owned), name_en.map(str::to_owned));
        self.known(table, &["ror", "name", "group", "role", "from", "to", "source", "note"]);
        let (ror, name, group, role) = (self.ror(table), self.bilingual(table, "name"), self.text(table, "group"), self.role(table));
        let validity = self.validity(table, line);
        let (sources, note) = (self.cited(table, line, keys), self.text(table, "note"));
        let who = if self.faults > before { None } else { self.who(line, ror, name, group) };
        self.who = (None, None);
        Some(Entry { who: who?, role, validity, sources, note, line })
    }

    fn who(&mut self, line: usize, ror: Option<String>, name: Option<Bilingual>, group: Option<String>) -> Option<Who> {
        let (en, ko) = match (ror, name, group) {
            (Some(ror), Some(name), None) => return Some(Who::Organisation { ror, name }),
            (None, None, Some(group)) => return Some(Who::Group(group)),
            (Some(_), None, None) => ("the member needs a name".to_owned(), "이름(name)이 없음".to_owned()),
            (None, Some(_), Some(group)) => {
                (format!("group '{group}' has a name of its own"), format!("그룹 '{group}'에는 이미 이름이 있어 name을 쓰지 않음"))
            }
            (Some(_), _, Some(group)) => {
                (format!("a member has ror or group ({group}), not both"), format!("ror와 group({group})을 함께 쓸 수 없음"))
            }
            (None, _, None) => ("a member has neither ror nor group".to_owned(), "ror도 group도 없음".to_owned()),
        };
        self.fault(Some(line), en, ko);
        None
    }

    fn country(&mut self, country: &Value<'_>, keys: &BTreeSet<String>) -> Option<Entry<&'static Country>> {
        let table = self.table(country, "country")?;
        let before = self.faults;
        let line = self.line(country.span().start);
        self.known(table, &["code", "from", "to", "source", "note"]);
        let code = self.needed(table, "code", country.span().start);
        let who = code.as_deref().and_then(country::by_code);
        if let (Some(code), None) = (code, who) {
            let line = value(table, "code").map(|value| self.line(value.span().start));
            let ko = format!("'{code}': ISO 3166-1 국가 코드가 아님 (예: KR)");
            self.fault(line, format!("'{code}' is no country code of ISO 3166-1; one looks like KR"), ko);
        }
        let validity = self.validity(table, line);
        let (sources, note) = (self.cited(table, line, keys), self.text(table, "note"));
        (self.faults == before).then_some(Entry { who: who?, role: None, validity, sources, note, line })
    }

    /// Tells of entries for the same member that have a day in common.
    fn check<T>(&mut self, entries: &[Entry<T>], key: impl Fn(&T) -> (&str, &str, &str)) {
        for (place, entry) in entries.iter().enumerate() {
            let (kind, id, name) = key(&entry.who);
            let mut same = entries[..place].iter().filter(|earlier| {
                let (earlier_kind, earlier_id, _) = key(&earlier.who);
                (kind, id) == (earlier_kind, earlier_id)
            });
            if let Some((both, earlier)) = same.find_map(|earlier| Some((entry.validity.and(earlier.validity)?, earlier.line))) {
                let Bilingual { en, ko } = both.said();
                self.who = (Some([kind, id].join(" ").trim().to_owned()), (!name.is_empty()).then(|| name.to_owned()));
                self.fault(
                    Some(entry.line),
                    format!("is a member already by line {earlier} {en}; its dates must not overlap"),
                    format!("{earlier}행에 이미 구성원으로 있음({ko}); 기간이 겹칠 수 없음"),
                );
                self.who = (None, None);
            }
        }
    }

    fn known(&mut self, table: &DeTable<'_>, known: &[&str]) {
        for key in table.keys().filter(|key| !known.contains(&key.get_ref().as_ref())) {
            let near = known.iter().map(|known| (strsim::jaro_winkler(known, key.get_ref()), known));
            let near = near.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(score, _)| *score >= NEAR);
            let (en, ko) = match near {
                Some((_, near)) => (format!("did you mean {near}?"), format!("{near}의 오기로 보임")),
                None => (format!("there are {}", known.join(", ")), format!("쓸 수 있는 키: {}", known.join(", "))),
            };
            self.fault_at(key, format!("there is no key '{}' here; {en}", key.get_ref()), format!("없는 키 '{}'; {ko}", key.get_ref()));
        }
    }

    fn table<'v, 'i>(&mut self, value: &'v Value<'i>, key: &str) -> Option<&'v DeTable<'i>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.fault_at(value, format!("write {key} as a table: [[{key}]]"), format!("{key}은(는) [[{key}]] 표로 쓸 것"));
        }
        table
    }

    /// The tables of a key that may stand several times.
    fn tables<'v, 'i>(&mut self, table: &'v DeTable<'i>, key: &str) -> Vec<&'v Value<'i>> {
        let Some(found) = value(table, key) else { return Vec::new() };
        let Some(list) = found.get_ref().as_array() else {
            // `[member]` for `[[member]]` is told once, where the table is asked for the first time.
            let line = self.line(found.span().start);
            let en = format!("write {key} with two brackets: [[{key}]]");
            if !self.problems.iter().any(|problem| problem.message.en == en) {
                self.fault(Some(line), en, format!("{key}은(는) 대괄호 두 개로 쓸 것: [[{key}]]"));
            }
            return Vec::new();
        };
        list.iter().collect()
    }

    fn text(&mut self, table: &DeTable<'_>, key: &str) -> Option<String> {
        let value = value(table, key)?;
        let text = value.get_ref().as_str().map(str::to_owned);
        if text.is_none() {
            self.fault_at(value, format!("{key} must be a text in quotes"), format!("{key}은(는) 따옴표로 둘러싼 글이어야 함"));
        }
        text
    }

    /// A text that must be there; `at`: the place of what it is missing in.
    fn needed(&mut self, table: &DeTable<'_>, key: &str, at: usize) -> Option<String> {
        if value(table, key).is_none() {
            let line = self.line(at);
            self.fault(Some(line), format!("{key} is missing"), format!("{key}이(가) 없음"));
        }
        self.text(table, key)
    }

    fn bilingual(&mut self, table: &DeTable<'_>, key: &str) -> Option<Bilingual> {
        let found = value(table, key)?;
        if let Some(text) = found.get_ref().as_str() {
            return Some(Bilingual::new(text, text));
        }
        let both = found.get_ref().as_table().and_then(|both| {
            let text = |key| value(both, key).map(|value| value.get_ref().as_str().map(str::to_owned));
            let (en, ko) = (text("en")??, text("ko"));
            let only = both.keys().all(|key| ["en", "ko"].contains(&key.get_ref().as_ref()));
            let ko = ko.unwrap_or_else(|| Some(en.clone()))?;
            only.then_some(Bilingual { en, ko })
        });
        if both.is_none() {
            let form = "{ en = \"…\", ko = \"…\" }";
            self.fault_at(
                found,
                format!("{key} must be a text in quotes, or {form}"),
                format!("{key}은(는) 따옴표로 둘러싼 글이나 {form}이어야 함"),
            );
        }
        both
    }

    fn role(&mut self, table: &DeTable<'_>) -> Option<Role> {
        let found = value(table, "role")?;
        let role = found.get_ref().as_str().and_then(Role::parse);
        if role.is_none() {
            let word = self.text[found.span()].trim_matches(['"', '\'']).to_owned();
            let ko = format!("role은 lead(주관), member(회원), observer(참관) 중 하나여야 함: {word}");
            self.fault_at(found, format!("role must be lead, member or observer, found {word}"), ko);
        }
        role
    }

    fn ror(&mut self, table: &DeTable<'_>) -> Option<String> {
        let text = self.text(table, "ror")?;
        match ror::checked(&text) {
            Ok(ror) => Some(ror),
            Err(en) => {
                let line = value(table, "ror").map(|value| self.line(value.span().start));
                // It is in the fault itself.
                let who = self.who.0.take();
                self.fault(line, en, not_ror_ko(&text));
                self.who.0 = who;
                None
            }
        }
    }

    /// The days of an entry on a line.
    fn validity(&mut self, table: &DeTable<'_>, line: usize) -> Validity {
        let validity = Validity { from: self.day(table, "from"), to: self.day(table, "to") };
        if let Validity { from: Some(from), to: Some(to) } = validity
            && from > to
        {
            let (from, to) = (date::format(from), date::format(to));
            self.fault(
                Some(line),
                format!("ends on {to}, before it begins on {from}"),
                format!("끝나는 날({to})이 시작하는 날({from})보다 앞섬"),
            );
        }
        validity
    }

    fn day(&mut self, table: &DeTable<'_>, key: &str) -> Option<i32> {
        let found = value(table, key)?;
        let line = self.line(found.span().start);
        if self.bad_dates.contains(&line) {
            self.faults += 1;
            return None;
        }
        let written = self.text[found.span()].to_owned();
        let (en, ko) = match found.get_ref() {
            DeValue::Datetime(value) => {
                if let (Some(day), None) = (value.date, value.time) {
                    return date::days(i32::from(day.year), u32::from(day.month), u32::from(day.day));
                }
                (format!("expected a date such as 2024-05-26, found {written}"), format!("2024-05-26 같은 날짜여야 함: {written}"))
            }
            DeValue::String(text) => match day(text) {
                Ok(day) => {
                    let day = date::format(day);
                    (format!("write the date without quotes: {day}"), format!("날짜는 따옴표 없이 쓸 것: {day}"))
                }
                Err(Bilingual { en, ko }) => {
                    (format!("{en}; write one without quotes, such as 2024-05-26"), format!("{ko}; 2024-05-26처럼 따옴표 없이 쓸 것"))
                }
            },
            _ => (format!("{written} is no date; write one such as 2024-05-26"), format!("{written}: 날짜가 아님; 2024-05-26처럼 쓸 것")),
        };
        self.fault(Some(line), en, ko);
        None
    }

    /// The keys of sources that an entry cites; it stands on a line.
    fn cited(&mut self, table: &DeTable<'_>, line: usize, keys: &BTreeSet<String>) -> Vec<String> {
        let Some(found) = value(table, "source") else { return Vec::new() };
        let list = found.get_ref().as_array().map(|list| list.iter().map(|key| key.get_ref().as_str().map(str::to_owned)).collect());
        let Some(Some(cited)): Option<Option<Vec<String>>> = list else {
            self.fault_at(found, "source must be a list of keys such as [\"call\"]", "source는 [\"call\"] 같은 key 목록이어야 함");
            return Vec::new();
        };
        for unknown in cited.iter().filter(|key| !keys.contains(*key)) {
            self.fault(
                Some(line),
                format!("cites the source '{unknown}', but no [[source]] has that key"),
                format!("출처 '{unknown}': 그런 key의 [[source]]가 없음"),
            );
        }
        cited
    }
}

/// What is wrong with a text that should be a ROR id, in Korean; [`ror::checked`] says it in English.
pub fn not_ror_ko(text: &str) -> String {
    if ror::key(text).is_some() {
        format!("'{text}': 검사 숫자가 맞지 않는 ROR id로, 글자나 숫자가 틀렸음")
    } else {
        format!("'{text}': ROR id가 아님 (예: https://ror.org/04h9pn542)")
    }
}

fn value<'v, 'i>(table: &'v DeTable<'i>, key: &str) -> Option<&'v Value<'i>> {
    table.iter().find(|(known, _)| known.get_ref().as_ref() == key).map(|(_, value)| value)
}
