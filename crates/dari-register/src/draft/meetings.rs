//! Sentences that tell of a meeting: people of several sides meet, have met or will.

use std::sync::LazyLock;

use regex::Regex;

use super::words::{before, behind, patterns};
use crate::text::is_hangul;

/// What is a meeting.
const NOUN: &str = r"(?:meetings?|sessions?|talks|dialogues?|workshops?|seminars?|symposium|symposia|conferences?|forums?|fora|consultations?|round ?tables?|summit|hearing|committee|discussions|visit|colloquium|retreat|town hall|kick-off|ceremony|working group|video ?calls?|conference calls?|phone calls?|videoconference|video conference|exchange of views|round of talks|briefing|lunch|dinner|reception|exchange meeting|joint committee|round|rounds)";

static ENGLISH: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    patterns(
        [
            r"(?:met|meets|meeting) (?:again |separately |briefly |bilaterally |virtually |online |privately |later |also |there |here |up |in person )?(?:with|at|in|on|for|his|her|their|the|[a-z]+ on|to|representatives|officials|again|last|this|next)\b".to_owned(),
            r"\b(?:will|to|would|shall|is to|are to|can) (?:next |again |also )?meet\b".to_owned(),
            r"\bmet\b".to_owned(),
            r"sat down (?:with|together|at|in|to)\b".to_owned(),
            format!(r"(?:held|holds|hold|hosted|hosts|host|convened|convene|convenes|organi[sz]ed|chaired|co-chaired|had|attended|opened|led|joined|conducted) (?:an?|the|its|their|his|her|two|three|several|bilateral|further|detailed|separate|joint|a series of|first|annual)? ?(?:[\w’'-]+ ){{0,7}}?{NOUN}\b"),
            format!(r"{NOUN} (?:[\w.,’'-]+ ){{0,14}}?(?:was|were|is|are|will be|is to be|are to be|has been|would be|be) (?:[a-z]+ly )?(?:held|convened|hosted|organi[sz]ed|opened|scheduled|planned for|attended|chaired)\b"),
            format!(r"{NOUN} (?:[\w.,’'-]+ ){{0,14}}?(?:took|takes|take|taking|taken) place\b"),
            format!(r"{NOUN} (?:[\w.,’'-]+ ){{0,10}}?(?:convened|convenes|meets|met|gathered|gathers|opened|opens)\b"),
            r"\bconvened\b".to_owned(),
            r"(?:took|takes|take) place (?:in|on|at|under|between|during|via|online|last|this|next)\b".to_owned(),
            r"called on (?:the |its |his |her |their )".to_owned(),
            r"paid (?:an?|his|her|their|its) (?:[\w-]+ ){0,3}(?:call|visit)".to_owned(),
            r"(?:was|were|been) received (?:by|at|in)\b".to_owned(),
            r"received (?:it|him|her|them|the (?:[\w-]+ ){0,3}(?:delegation|delegates|visitors|guests|group|team|party)|a (?:[\w-]+ ){0,3}delegation)\b".to_owned(),
            r"(?:delegation|delegates|officials?|group|team|party|minister|director|president|secretary|counsellor|counselor|officer|head|chief|representatives?|members|he|she|they|manager|scientists?) (?:[\w.,’'&-]+ ){0,14}?(?:visited|toured|travell?ed to|flew to|came to|called at|stopped at|arrived (?:in|at))\b".to_owned(),
            r"(?:visited|toured|travell?ed to|flew to) [^.;]{0,80}?\b(?:to meet|to discuss|for talks|for a meeting|and met|from [0-9])".to_owned(),
            r"(?:spoke|talked|conferred) (?:with|by (?:phone|video)|on the phone|over video)\b".to_owned(),
            r"(?:gathered|assembled|came together|got together|sat together|convened) (?:in|at|for|on|to|with|again|around)\b".to_owned(),
            r"(?:welcomed|hosted) (?:an?|the|its|their) (?:[\w-]+ ){0,4}(?:delegation|delegates|visitors|guests|mission|team)\b".to_owned(),
            r"(?:delegation|visitors|guests|group|team|minister|mission|party) (?:[\w.,’'&-]+ ){0,12}?spent (?:[\w-]+ ){1,4}(?:at|in|with)\b".to_owned(),
            format!(r"{NOUN} (?:[\w.,’'&-]+ ){{0,12}}?(?:brought together|drew|gathered|assembled|united)\b"),
            format!(r"{NOUN} (?:[\w.,’'-]+ ){{0,10}}?(?:is|are|was|were|has been|have been) (?:now |already |also |provisionally )?(?:set|scheduled|planned|foreseen|envisaged|fixed|due|slated|booked|pencilled in)\b"),
            format!(r"{NOUN} (?:[\w.,’'-]+ ){{0,10}}?(?:will|would|shall) (?:[a-z]+ly )?(?:be held|convene|gather|meet|reconvene|sit|open|follow|bring together|happen)\b"),
            r"\b(?:reconvene[ds]?|gathered|will gather|to gather|gather (?:in|at|for)|will assemble)\b".to_owned(),
            r"\b(?:visited|toured)\b".to_owned(),
            r"(?:paid|made) (?:an?|the|their|his|her|its) (?:[\w-]+ ){0,3}(?:visit|call|trip) (?:to|on|at)\b".to_owned(),
            r"(?:was|were|been) (?:the |a )?(?:guests?|hosted|welcomed|shown|briefed|attended|joined) (?:of|by|at|in|around)\b".to_owned(),
            r"(?:sat|sit|sits) (?:around|at|round|across) (?:the|a|one|the same) (?:[\w-]+ )?table\b".to_owned(),
            r"(?:went|came|travell?ed|flew) to (?:see|meet|visit)\b".to_owned(),
            r"(?:travell?ed|flew|came|went) (?:to|from|over|across) [^.;]{1,80}? (?:to meet|for talks|for a meeting|for the meeting|to discuss|to see|for consultations|for discussions|to attend|to confer)\b".to_owned(),
            r"(?:had|took|shared) (?:lunch|dinner|breakfast|tea|coffee) with\b".to_owned(),
            r"(?:received|hosted|welcomed|greeted) (?:[\w.’'-]+ ){0,8}?(?:delegation|counterparts?|visitors|ambassador|minister|vice minister|director|president|secretary|under secretary|commissioner)\b".to_owned(),
            r"exchanged views (?:with|in|at|on)\b".to_owned(),
        ]
        .into_iter()
        .map(|pattern| format!("(?-u:\\b){}", pattern.replace("\\b", "(?-u:\\b)"))),
    )
});

/// Objects that "met" has without any meeting, and what denies one.
static NO_MEETING: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    patterns([
        r"^met (?:with )?(?:the |its |their |all |an? |every |by |most |this |these |those )?(?:[\w-]+ ){0,2}(?:targets?|deadlines?|needs?|criteria|requirements?|goals?|standards?|expectations|conditions|aims?|aim|purpose|quota|obligations|commitments?|demand|specifications?|resistance|approval|refusal|silence|scepticism|skepticism|challenges?|costs?|objectives?)",
        r"(?:was|were|is|are|be|been|being) met\b",
        r"(?:never|not|n't|no) (?:[a-z]+ ){0,2}$",
        r"^called on [^.;,]{1,80}? to [a-z]+",
    ])
});

/// What is a meeting in Korean.
const KOREAN_NOUN: &str = "(?:회의|회담|면담|협의회|협의|위원회|공동위|워크숍|워크샵|포럼|세미나|간담회|심포지엄|심포지움|대화|학술대회|설명회|콘퍼런스|컨퍼런스|토론회|총회|협의체|라운드테이블|간담|발표회|행사|실무회의|화상회의|정상회담|작업반|이사회|회동|착수회의|서명식|개소식|만남|접견|오찬|만찬)";

static KOREAN: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    patterns([
        "만(?:났|나\\s|나서|나고|남|날\\s?(?:예정|계획|것)|나기로|난다|나,|나며|나게)".to_owned(),
        "마주\\s?앉".to_owned(),
        "(?:면담|회담|회동|예방|접견|환담|대담|조우|상견례)(?:을|를)?\\s?(?:했|하였|함|하고|하며|한다|해\\s|가졌|가지|갖|진행|실시|나눴|마쳤|할\\s?(?:예정|계획)|하기로|하여)".to_owned(),
        format!("{KOREAN_NOUN}(?:\\([^)]*\\))?(?:을|를|이|가|은|는|도)?\\s[^.]{{0,40}}?(?:열(?:었|고|어|기로|렸|린다|릴|리며|려|림|음|며|렸으며|리기로)|개최(?:했|하였|함|한다|하고|하며|되|됐|됨|할|하기로|된다|키로)|가졌|가지기로|갖기로|갖고|가짐|이어졌|이어짐|마련했|마련하였|주최(?:했|하였|함)|주관(?:했|하였|함)|진행(?:했|하였|됐|되었|함|됨)|참석(?:했|하였|함|해|하여|한다)|소집|치렀|치러)"),
        format!("{KOREAN_NOUN}\\s?(?:개최|참석|진행)(?:\\s?(?:합의|예정|결과|완료))?(?:[.)\\s]*$|했|하였|함|됐|되었|됨|할|하기로|키로)"),
        "(?:대표단|방문단|사절단|조사단)[^.]{0,40}(?:방문|찾|왔|도착|맞)(?:했|하였|함|해|아|았|이|을)?".to_owned(),
        "(?:방문|내방|방한|방미|방일)(?:해|하여|한)[,\\s][^.]{0,80}?(?:논의|협의|만났|면담|회의|의견을\\s?(?:나|교)|둘러)(?:했|하였|함|봤|보았|봄|눴|환)?".to_owned(),
        "(?:을|를|에)\\s?(?:방문|내방)(?:했|하였|함|한다|할\\s?(?:예정|계획))".to_owned(),
        "(?:을|를)\\s?찾(?:아|아와|아가)[,\\s][^.]{0,60}?(?:논의|협의|만나|면담|의견|둘러|협력)".to_owned(),
        "(?:한자리에|자리를\\s?함께|머리를\\s?맞대|의견을\\s?(?:나눴|교환했|교환하였|나누었)|논의하는\\s?자리|자리를\\s?(?:가졌|마련했))".to_owned(),
        "(?:모였|모일\\s?(?:예정|계획)|모이기로|모인다|모여\\s|모인\\s?(?:자리|가운데)|얼굴을\\s?맞대|마주했|다녀갔|다녀왔|둘러(?:봤|보았|보고|봄|보며)|영접|환영\\s?행사)".to_owned(),
        "(?:대표단|방문단|사절단|일행|장관|차관|국장|대사|소장|원장|이사장|총장|본부장|실장)(?:을|를)\\s?(?:[가-힣]+에서\\s)?(?:맞았|맞이했|맞이하였|맞이함|영접|접견|맞아\\s|초청해\\s)".to_owned(),
        format!("{KOREAN_NOUN}(?:은|는|이|가)\\s[^.]{{0,50}}?(?:예정(?:이|돼|되어|되|임|이며|\\.)|잡혔|잡혀|정해졌|확정됐)"),
        format!("(?:차기|다음|제\\s?[0-9]+차|[0-9]+차)\\s(?:[가-힣]+\\s){{0,4}}{KOREAN_NOUN}(?:은|는|을|를|이|가)\\s[^.]{{0,60}}?(?:열|개최|하기로|갖기로|연다|한다|갖는다)"),
        "(?:장관|차관|국장|실장|원장|이사장|본부장|대사|총장|소장|단장|과장|정책관|협력관|관계자|대표단|일행)(?:은|는|이|가|들은|들이)?\\s[^.]{0,60}?(?:을|를)\\s(?:찾았다|찾았음|찾음|찾아갔|예방|방문)".to_owned(),
        "참석한\\s?가운데".to_owned(),
        "(?:영상|화상|전화)(?:으로|로)?\\s?(?:회의|통화|협의|면담)(?:를|을)?\\s?(?:했|하였|함|가졌|열|진행)".to_owned(),
    ])
});

/// Words that make a Korean match something else.
static KOREAN_OTHER: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    patterns(["(?:열리지|열지|개최되지|개최하지|만나지|성사되지)\\s?(?:않|못)", "방문한\\s?결과|협의한\\s?결과|논의한\\s?결과"])
});

/// Whether a sentence tells of a meeting.
pub fn is_meeting(sentence: &str) -> bool {
    if sentence.chars().any(is_hangul) {
        return KOREAN.iter().any(|pattern| pattern.is_match(sentence)) && !KOREAN_OTHER.iter().any(|pattern| pattern.is_match(sentence));
    }
    let text = sentence.to_ascii_lowercase();
    ENGLISH.iter().any(|pattern| {
        pattern.find_iter(&text).any(|hit| {
            let (previous, next) = (before(&text, hit.start(), 24), behind(&text, hit.start(), 120));
            let [objects, passive, denied, calls] = &NO_MEETING[..] else { return true };
            let around = behind(&text, hit.start().saturating_sub(previous.len()), previous.len() + 4);
            !(objects.is_match(next)
                || denied.is_match(previous)
                || calls.is_match(next)
                || next.starts_with("met") && passive.is_match(around))
        })
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn patterns_compile() {
        assert_eq!((ENGLISH.len(), NO_MEETING.len(), KOREAN.len(), KOREAN_OTHER.len()), (33, 4, 17, 2));
    }

    #[test]
    fn meetings() {
        for sentence in [
            "The minister met his counterpart in Tokyo.",
            "The two sides held talks in Seoul.",
            "The third session was held in Brussels on 8 April.",
            "A joint workshop will take place in May.",
            "The delegation called on the Department of Energy.",
            "The fourth session meets in Busan.",
            "장관은 22일 대사를 만났다.",
            "양측은 제3차 공동위원회를 개최하였다.",
            "차기 회의는 서울에서 열린다.",
            "5월에 워크숍을 열기로 합의했다.",
            "공동 워크숍 개최 합의",
        ] {
            assert!(is_meeting(sentence), "{sentence}");
        }
    }

    #[test]
    fn no_meetings() {
        for sentence in [
            "The detector met its targets.",
            "The requirement was met.",
            "They called on the government to act.",
            "Research security was discussed at length.",
            "The committee has five members.",
            "회의실은 3층에 있다.",
            "회의록을 작성하였다.",
            "총회는 열리지 않았다.",
        ] {
            assert!(!is_meeting(sentence), "{sentence}");
        }
    }
}
