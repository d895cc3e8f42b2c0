//! Names of people, places and organisations, made up.

use crate::demo::Code;
use crate::random::Random;

/// Names as they are formed somewhere.
struct Culture {
    countries: &'static [&'static str],
    given: &'static [&'static str],
    family: &'static [&'static str],
    /// Beginnings and endings of names of towns.
    towns: (&'static [&'static str], &'static [&'static str]),
    language: &'static str,
}

const CULTURES: &[Culture] = &[
    Culture {
        countries: &[],
        given: &[
            "Alice", "Benjamin", "Claire", "Daniel", "Emma", "Frank", "Grace", "Henry", "Isabel", "James", "Karen", "Liam", "Megan",
            "Nathan", "Olivia", "Peter", "Rachel", "Simon", "Teresa", "Victor", "Wendy", "Zachary",
        ],
        family: &[
            "Adams",
            "Baker",
            "Carter",
            "Dalton",
            "Ellis",
            "Fletcher",
            "Graham",
            "Harper",
            "Irving",
            "Jensen",
            "Keller",
            "Lambert",
            "Mercer",
            "Norton",
            "O'Brien",
            "Palmer",
            "Quinn",
            "Rhodes",
            "Sutton",
            "Thornton",
            "Underwood",
            "Vance",
            "Whitfield",
            "Young",
        ],
        towns: (
            &[
                "Ald", "Bram", "Cres", "Dun", "Elm", "Fair", "Glen", "Hart", "Kings", "Lang", "Marl", "North", "Oak", "Penn", "Red",
                "Stan", "Thorn", "Wex",
            ],
            &["ford", "ton", "bury", "field", "wick", "ham", "mouth", "ley", "stead", "haven"],
        ),
        language: "en",
    },
    Culture {
        countries: &["CN", "TW", "HK", "SG", "MO"],
        given: &[
            "Wei", "Jing", "Lei", "Min", "Yan", "Hao", "Xin", "Ying", "Jun", "Tao", "Xiaoming", "Yuting", "Zhiqiang", "Meiling", "Guohua",
            "Lihua", "Chen", "Bo",
        ],
        family: &[
            "Wang", "Li", "Zhang", "Liu", "Chen", "Yang", "Huang", "Zhao", "Wu", "Zhou", "Xu", "Sun", "Ma", "Zhu", "Hu", "Guo", "He",
            "Lin", "Luo", "Zheng",
        ],
        towns: (
            &["An", "Bei", "Chang", "Dong", "Feng", "Hai", "Jin", "Lan", "Nan", "Ping", "Qing", "Shan", "Tai", "Xin", "Yong", "Zhen"],
            &["zhou", "jing", "shan", "he", "ning", "yang", "tong", "gang", "hua", "ping"],
        ),
        language: "zh",
    },
    Culture {
        countries: &["KR"],
        given: &[
            "Minji",
            "Seo-yeon",
            "Ji-hoon",
            "Hyun-woo",
            "Eun-ji",
            "Sung-min",
            "Young-ho",
            "Hye-jin",
            "Dong-hyun",
            "Jae-won",
            "Soo-bin",
            "Kyung-hee",
        ],
        family: &["Kim", "Lee", "Park", "Choi", "Jung", "Kang", "Cho", "Yoon", "Jang", "Lim", "Han", "Oh", "Seo", "Shin", "Kwon", "Hwang"],
        towns: (
            &["Gang", "Han", "Jeong", "Mir", "Nam", "San", "Seo", "Song", "Tae", "Yong"],
            &["ju", "san", "won", "cheon", "dong", "pyeong", "seong"],
        ),
        language: "ko",
    },
    Culture {
        countries: &["JP"],
        given: &["Haruto", "Yui", "Sota", "Hina", "Takashi", "Keiko", "Hiroshi", "Akira", "Naoko", "Kenji", "Yuki", "Satoshi"],
        family: &[
            "Sato",
            "Suzuki",
            "Takahashi",
            "Tanaka",
            "Watanabe",
            "Ito",
            "Yamamoto",
            "Nakamura",
            "Kobayashi",
            "Kato",
            "Yoshida",
            "Yamada",
            "Sasaki",
            "Matsumoto",
        ],
        towns: (
            &["Aki", "Fuji", "Hama", "Ishi", "Kawa", "Kita", "Matsu", "Mina", "Naga", "Taka", "Waka", "Yama"],
            &["moto", "saki", "yama", "da", "gawa", "shima", "no", "hara"],
        ),
        language: "ja",
    },
    Culture {
        countries: &["IN", "PK", "BD", "LK", "NP"],
        given: &["Aarav", "Priya", "Rahul", "Ananya", "Sanjay", "Kavita", "Imran", "Deepa", "Vikram", "Fatima", "Arjun", "Lakshmi"],
        family: &[
            "Sharma",
            "Patel",
            "Singh",
            "Kumar",
            "Gupta",
            "Khan",
            "Reddy",
            "Das",
            "Rao",
            "Banerjee",
            "Iyer",
            "Ahmed",
            "Mishra",
            "Chowdhury",
        ],
        towns: (
            &["Anand", "Bala", "Chandra", "Dev", "Gopal", "Jay", "Kalyan", "Lakh", "Raj", "Sita", "Vijay"],
            &["pur", "nagar", "abad", "garh", "puram", "gaon"],
        ),
        language: "en",
    },
    Culture {
        countries: &["ES", "MX", "CO", "CL", "AR", "PE", "EC", "CR", "UY", "VE", "CU", "PT", "BR"],
        given: &["Alejandro", "Beatriz", "Carlos", "Diana", "Eduardo", "Fernanda", "Gabriel", "Helena", "João", "Lucía", "Miguel", "Sofía"],
        family: &[
            "García",
            "Fernández",
            "López",
            "Martínez",
            "Silva",
            "Santos",
            "Pérez",
            "Gómez",
            "Oliveira",
            "Souza",
            "Rodríguez",
            "Núñez",
            "Castro",
            "Moreno",
        ],
        towns: (
            &["Villa", "San ", "Monte", "Puerto ", "Rio ", "Alta", "Bella", "Campo"],
            &["clara", "nueva", "real", "verde", "rosa", "mar", "luz", "blanca"],
        ),
        language: "es",
    },
    Culture {
        countries: &["RU", "UA", "BY", "KZ", "PL", "CZ", "SK", "BG", "RS", "HR", "SI"],
        given: &["Aleksei", "Irina", "Dmitry", "Olga", "Sergei", "Natalia", "Piotr", "Katarzyna", "Jan", "Milena", "Ivan", "Anna"],
        family: &[
            "Ivanov",
            "Petrova",
            "Smirnov",
            "Novak",
            "Kowalski",
            "Dvořák",
            "Kuznetsov",
            "Popova",
            "Horvat",
            "Sokolov",
            "Nowak",
            "Zieliński",
        ],
        towns: (
            &["Novo", "Belo", "Krasno", "Staro", "Zele", "Petro", "Vladi", "Bogo"],
            &["grad", "gorsk", "slav", "mir", "dvor", "pol", "vice"],
        ),
        language: "ru",
    },
    Culture {
        countries: &["SA", "EG", "IR", "IQ", "AE", "JO", "TN", "DZ", "MA", "QA", "LB", "TR"],
        given: &["Ahmed", "Fatma", "Mohammed", "Layla", "Hassan", "Zeynep", "Ali", "Mariam", "Omar", "Reza", "Nour", "Mehmet"],
        family: &[
            "Al-Harbi",
            "Yılmaz",
            "Hosseini",
            "El-Sayed",
            "Haddad",
            "Demir",
            "Rahimi",
            "Mansour",
            "Al-Ghamdi",
            "Kaya",
            "Ibrahim",
            "Nasser",
        ],
        towns: (&["Al-", "Dar ", "Qasr ", "Bab ", "Shahr-", "Yeni", "Ain "], &["Nour", "Salam", "Jadid", "kent", "Bahr", "Rashid", "Amal"]),
        language: "ar",
    },
    Culture {
        countries: &["DE", "AT", "CH", "NL", "BE", "LU", "DK", "SE", "NO", "FI", "IS"],
        given: &["Anna", "Lukas", "Ingrid", "Jürgen", "Katrin", "Lars", "Marieke", "Niels", "Petra", "Stefan", "Ulrike", "Willem"],
        family: &[
            "Müller",
            "Schneider",
            "de Vries",
            "Andersen",
            "Lindqvist",
            "van Dijk",
            "Bauer",
            "Virtanen",
            "Hansen",
            "Jansen",
            "Fischer",
            "Nyström",
        ],
        towns: (
            &["Alten", "Berg", "Linden", "Nord", "Ost", "Rosen", "Stein", "Wald", "Grün"],
            &["burg", "heim", "hagen", "stad", "dal", "wijk", "feld", "brück"],
        ),
        language: "de",
    },
    Culture {
        countries: &["FR", "IT", "RO", "GR", "TN"],
        given: &["Antoine", "Camille", "Élodie", "François", "Giulia", "Marco", "Chiara", "Luca", "Sophie", "Théo", "Elena", "Andrea"],
        family: &[
            "Dubois",
            "Moreau",
            "Lefèvre",
            "Rossi",
            "Bianchi",
            "Ferrari",
            "Romano",
            "Fontaine",
            "Girard",
            "Popescu",
            "Papadakis",
            "Conti",
        ],
        towns: (
            &["Mont", "Beau", "Clair", "Val", "Ville", "Castel", "Fonte", "Roche"],
            &["mar", "nova", "lieu", "ville", "franc", "ora", "alto", "fort"],
        ),
        language: "fr",
    },
];

/// The culture of a country; the first one where none is told.
pub(crate) fn culture(country: Code) -> usize {
    let code = std::str::from_utf8(&country).unwrap_or_default();
    CULTURES.iter().position(|culture| culture.countries.contains(&code)).unwrap_or(0)
}

/// How many cultures there are.
pub(crate) fn cultures() -> usize {
    CULTURES.len()
}

/// A person's given name, initial and family name.
pub(crate) fn person(culture: usize, random: &mut Random) -> (&'static str, char, &'static str) {
    let culture = &CULTURES[culture];
    let (given, family) = (random.of(culture.given), random.of(culture.family));
    (*given, char::from(b'A' + random.below(26) as u8), *family)
}

/// A town.
pub(crate) fn town(culture: usize, random: &mut Random) -> String {
    let (begin, end) = CULTURES[culture].towns;
    format!("{}{}", random.of(begin), random.of(end))
}

/// The language written there beside English.
pub(crate) fn language(culture: usize) -> &'static str {
    CULTURES[culture].language
}

/// An organisation's name, kind and acronym.
pub(crate) fn organisation(town: &str, random: &mut Random) -> (String, &'static str, String) {
    const SUBJECTS: &[&str] = &[
        "Materials Science",
        "Oceanography",
        "Physics",
        "Public Health",
        "Energy",
        "Agriculture",
        "Computing",
        "Aeronautics",
        "Geology",
        "Chemistry",
    ];
    let subject = random.of(SUBJECTS);
    let (name, kind) = match random.below(100) {
        0..30 => (format!("University of {town}"), "education"),
        30..48 => (format!("{town} University"), "education"),
        48..57 => (format!("{town} Institute of Technology"), "education"),
        57..63 => (format!("{town} University of {subject}"), "education"),
        63..68 => (format!("{town} National Laboratory"), "facility"),
        68..76 => (format!("{town} Institute of {subject}"), "facility"),
        76..80 => (format!("Academy of Sciences {town}"), "government"),
        80..84 => (format!("{town} Ministry of {subject}"), "government"),
        84..92 => (format!("{town} General Hospital"), "healthcare"),
        92..97 => (format!("{town} Technologies"), "company"),
        _ => (format!("{town} Foundation for {subject}"), "nonprofit"),
    };
    let acronym = name.split([' ', '-']).filter_map(|word| word.chars().next()).filter(|letter| letter.is_uppercase()).collect();
    (name, kind, acronym)
}
