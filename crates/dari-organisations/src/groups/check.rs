//! Groups against the register.

use dari_model::country;
use rustc_hash::FxHashMap;

use crate::groups::{Bilingual, Entry, Group, Problem, ProblemKind, Who};
use crate::organisation::{Organisation, Status};
use crate::register::{Index, Register};
use crate::words::{Key, Role, Words, is_cjk, letters};

/// Modifiers that many names of one country have, so that they tell none from another.
const USUAL: [&str; 9] = ["national", "nacional", "nationale", "nazionale", "international", "federal", "royal", "european", "american"];

/// General words of names written without spaces, the longer before those in them.
const GENERAL_CJK: [&str; 22] = [
    "대한민국",
    "과학기술원",
    "연구센터",
    "주식회사",
    "과학기술",
    "대학교",
    "대학원",
    "연구원",
    "연구소",
    "한국",
    "국립",
    "국가",
    "대학",
    "과학",
    "기술",
    "연구",
    "센터",
    "병원",
    "大学",
    "大學",
    "研究所",
    "国立",
];

/// What the register does not bear out: ROR ids that it does not have, organisations that ended while their membership goes on (with the one that follows),
/// and names of other organisations.
///
/// A name fits if it is, case, accents, spaces, small words and abbreviations aside, one of the organisation's; or if one of the organisation's names has all
/// its telling words (those that are not general ones such as *university*, *research* or the organisation's country) and it is not exactly the name of one
/// other organisation. Of a name in parts ("… (KRISS)") each may fit by itself.
pub fn check<'g>(groups: impl IntoIterator<Item = &'g Group>, register: &Register) -> Vec<Problem> {
    let mut names = Names { register, words: Words::default(), holders: None };
    let mut problems = Vec::new();
    for group in groups {
        for entry in group.organisations() {
            names.check(group, entry, &mut problems);
        }
    }
    problems
}

/// The names of the register.
struct Names<'r> {
    register: &'r Register,
    words: Words,
    /// By the key of a name the organisation that has it; `None`: several have it. Made when first asked for.
    holders: Option<FxHashMap<u64, Option<Index>>>,
}

impl Names<'_> {
    fn check(&mut self, group: &Group, entry: &Entry<Who>, problems: &mut Vec<Problem>) {
        let Who::Organisation { ror, name } = &entry.who else { return };
        let mut report = |kind, message| {
            let (file, line) = (group.file.clone(), Some(entry.line));
            problems.push(Problem { file, line, ror: Some(ror.clone()), name: Some(name.en.clone()), kind, message });
        };
        let register = self.register;
        let Some(index) = register.by_ror(ror) else {
            report(ProblemKind::Unknown, Bilingual::new("the register has no such ROR id", "등록부에 없는 ROR id"));
            return;
        };
        let organisation = register.get(index);
        // It ended on the day its record last changed, or before; a membership that ended by then is history, not a fault.
        let goes_on = entry.validity.to.is_none_or(|to| organisation.updated.is_some_and(|ended| to > ended));
        if organisation.status != Status::Active && goes_on {
            report(ProblemKind::Ended, ended(register, index));
        }
        // A Korean name beside an English one is wrong only if it is somebody else's: the register has few Korean ones.
        let wrong = if !self.fits(index, &name.en) {
            Some(&name.en)
        } else {
            Some(&name.ko).filter(|ko| **ko != name.en && !self.is_own(index, ko) && self.is_of_other(index, ko))
        };
        if let Some(given) = wrong {
            let (en, ko) = (&organisation.name, organisation.name_ko().unwrap_or(&organisation.name));
            let mut message = Bilingual::new(format!("the register has {ror} as {en}"), format!("등록부에서 {ror}: {ko}"));
            if let Some(other) = self.holder(given).filter(|other| *other != index) {
                let id = id(register.get(other));
                message.en += &format!("; {given} is {id}");
                message.ko += &format!("; {given}: {id}");
            }
            report(ProblemKind::Name, message);
        }
    }

    fn key(&mut self, name: &str) -> Option<u64> {
        self.words.read(name);
        (!self.words.words.is_empty()).then(|| Key::of(&self.words).0)
    }

    /// Whether an organisation has exactly this name; the country that the register puts behind names of companies may be left out.
    fn is_own(&mut self, index: Index, name: &str) -> bool {
        let (text, key) = (letters(name), self.key(name));
        let register = self.register;
        let without_country = |own| str::split_once(own, " (").map(|(own, _)| own);
        let mut all = names(register.get(index)).flat_map(|own| [Some(own), without_country(own)]).flatten();
        all.any(|own| letters(own) == text || (key.is_some() && self.key(own) == key))
    }

    /// Whether exactly one organisation has this name, and it is another.
    fn is_of_other(&mut self, index: Index, name: &str) -> bool {
        self.holder(name).is_some_and(|holder| holder != index)
    }

    /// The only organisation of this name.
    fn holder(&mut self, name: &str) -> Option<Index> {
        let key = self.key(name)?;
        let register = self.register;
        let Names { words, holders, .. } = self;
        let holders = holders.get_or_insert_with(|| {
            let mut holders = FxHashMap::default();
            for (index, organisation) in register.all().iter().enumerate().filter(|(_, one)| one.status != Status::Withdrawn) {
                let index = index as Index;
                for name in names(organisation) {
                    words.read(name);
                    let holder = holders.entry(Key::of(words).0).or_insert(Some(index));
                    *holder = holder.filter(|known| *known == index);
                }
            }
            holders
        });
        holders.get(&key).copied().flatten()
    }

    fn fits(&mut self, index: Index, name: &str) -> bool {
        if self.is_own(index, name) {
            return true;
        }
        let parts: Vec<&str> = name.split(['(', ')', '/']).map(str::trim).filter(|part| !part.is_empty()).collect();
        if [name].iter().chain(&parts).any(|part| self.is_of_other(index, part) && !self.is_own(index, part)) {
            return false;
        }
        self.has_telling(index, name)
            || parts.len() > 1 && parts.iter().all(|part| self.is_own(index, part) || self.has_telling(index, part))
    }

    /// Whether one of an organisation's names has all telling words of this one, of which there is at least one.
    fn has_telling(&mut self, index: Index, name: &str) -> bool {
        let organisation = self.register.get(index);
        let telling = self.telling(organisation, name);
        if telling.is_empty() {
            return false;
        }
        names(organisation).any(|own| {
            let own = self.telling(organisation, own);
            telling.iter().all(|word| own.iter().any(|known| known == word || (word.contains(is_cjk) && known.contains(word.as_str()))))
        })
    }

    /// The words of a name that tell it from others; characters of Chinese, Japanese and Korean in one piece.
    fn telling(&mut self, organisation: &Organisation, name: &str) -> Vec<String> {
        self.words.read(name);
        let mut telling = Vec::new();
        let mut cjk = String::new();
        for (number, word) in self.words.words.iter().enumerate() {
            let text = self.words.word(number);
            if text.chars().all(is_cjk) {
                cjk.push_str(text);
                continue;
            }
            let general = match word.role {
                Role::Body | Role::Unit | Role::General => true,
                Role::Modifier => USUAL.contains(&text),
                Role::Number | Role::Specific => false,
            };
            if !general && !is_of_country(organisation.country, text) {
                telling.push(text.to_owned());
            }
        }
        for general in GENERAL_CJK {
            cjk = cjk.replace(general, "");
        }
        // 서울대 is short for 서울대학교.
        let short = cjk.strip_suffix('대').filter(|rest| rest.chars().count() > 1);
        let cjk = short.unwrap_or(&cjk);
        telling.extend((!cjk.is_empty()).then(|| cjk.to_owned()));
        telling
    }
}

/// All names of an organisation.
fn names(organisation: &Organisation) -> impl Iterator<Item = &str> {
    organisation.names.iter().map(|name| name.text.as_str()).chain([organisation.name.as_str()])
}

/// Whether a word is of the name of a country, or made from it: Korea, Korean.
fn is_of_country(code: Option<&str>, word: &str) -> bool {
    let named = country::names().filter(|(_, country)| Some(country.code) == code);
    named.flat_map(|(name, _)| name.split_whitespace()).any(|of_name| {
        let of_name = of_name.to_lowercase();
        let stem = of_name.char_indices().next_back().map_or("", |(last, _)| &of_name[..last]);
        word == of_name || (stem.chars().count() >= 4 && word.starts_with(stem))
    })
}

/// ROR id, or OpenAlex institution where there is none.
fn id(organisation: &Organisation) -> String {
    organisation.ror.clone().or(organisation.openalex.map(|number| format!("I{number}"))).unwrap_or_default()
}

/// That an organisation has ended, with the one that follows it.
fn ended(register: &Register, index: Index) -> Bilingual {
    let organisation = register.get(index);
    let said = match organisation.status {
        Status::Withdrawn => "철회됨",
        _ => "운영 종료",
    };
    let ended =
        Bilingual::new(format!("{} is {}", organisation.name, organisation.status.as_str()), format!("{}: {said}", organisation.name));
    let today = register.today(index);
    if today == index {
        return Bilingual::new(format!("{}; it has no single successor", ended.en), format!("{}; 단일 후속 기관 없음", ended.ko));
    }
    let next = register.get(today);
    let ror = next.ror.as_ref().map_or(String::new(), |ror| format!(" ({ror})"));
    Bilingual::new(format!("{}; its successor is {}{ror}", ended.en, next.name), format!("{}; 후속 기관: {}{ror}", ended.ko, next.name))
}
