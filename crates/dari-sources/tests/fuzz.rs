//! Every reader on mutated samples; `make fuzz` runs the same without end, guided by coverage.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod drive;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

const SAMPLES: [&[u8]; 10] = [
    br#"{"id":"https://openalex.org/W1","title":"A <i>b</i>","publication_year":2020,"authorships":[{"author":{"id":"https://openalex.org/A1"},"institutions":[{"id":"https://openalex.org/I1","country_code":"KR"}],"affiliations":[{"raw_affiliation_string":"x","institution_ids":["https://openalex.org/I1"]}]}],"topics":[{"id":"https://openalex.org/T10018","score":0.9}],"abstract_inverted_index":{"a":[0,2],"b":[1]},"updated_date":"2026-01-01"}
{"id":"https://openalex.org/A1","display_name":"Kim"}
{"id":"https://openalex.org/I1","display_name":"KFE","geo":{"latitude":1.5},"associated_institutions":[{"id":"https://openalex.org/I2","relationship":"parent"}]}
"#,
    br#"{"meta":{"count":1},"results":[{"id":"https://openalex.org/T10018","display_name":"Batteries","keywords":["a"],"subfield":{"id":"https://openalex.org/subfields/3106","display_name":"s"},"field":{"id":"f/31","display_name":"f"},"domain":{"id":"d/3","display_name":"d"}}]}"#,
    br#"[{"id":"https://ror.org/04yr1s766","names":[{"value":"KFE","types":["ror_display"],"lang":"en"}],"locations":[{"geonames_details":{"country_code":"KR","name":"Daejeon","lat":36.3,"lng":127.3}}],"status":"active","types":["facility"],"relationships":[],"admin":{"last_modified":{"date":"2024-01-01"}}},{"id":"https://ror.org/000050t83","name":"ENRI","status":"active","types":["Facility"],"aliases":[],"acronyms":["E"],"labels":[{"label":"x","iso639":"ja"}],"country":{"country_code":"JP"},"addresses":[{"city":"Tokyo","lat":1,"lng":2}],"relationships":[]}]"#,
    b"topic_id,topic_name,subfield_id,subfield_name,field_id,field_name,domain_id,domain_name,keywords\n10001,\"A, b\",1908,G,19,E,3,P,Zircon; Tectonics\n",
    b"<?xml version=\"1.0\"?><rootTag><Award><AwardTitle>T &amp; U</AwardTitle><AwardEffectiveDate>08/01/2017</AwardEffectiveDate><AwardAmount>147690</AwardAmount><AwardID>1710500</AwardID><Investigator><FirstName>B</FirstName><LastName>G</LastName><RoleCode>Principal Investigator</RoleCode></Investigator><Institution><Name>C</Name><CountryName>United States</CountryName></Institution></Award></rootTag>",
    br#"{"response":{"award":[{"id":"1","title":"T","fundsObligatedAmt":"100","startDate":"08/01/2017","expDate":"07/31/2020","awardeeName":"C"}]}}"#,
    b"state,institution,amount,start,end,pi,title\nAL,U,\"-1,060,000\",2017,Ongoing,\"M, S\",T\n",
    b"period,topic_id,country_code,works,world_works\n2010-2014,T10001,KR,5,10\nyear,country_a,country_b,works\n1990,AE,AU,4\n",
    b"work_id,title,publication_year,author_names,institution_names,country_codes,cited_by_count\nq:1,T,2002,A|B,\"I, J\",US|PK,5\nschema,name,aliases,topics,program,authority,reason,report-date,start-date,end-date,country,notes,source_url\nCompany,A,B,d,S,U,,2022,,,,,u\n",
    br#"{"total":1,"results":[{"id":"x","source":"Entity List (EL) - Bureau","name":"A","alt_names":["B"],"programs":["P"],"addresses":[{"country":"CN"}]}]}"#,
];

/// Changes a few bytes: other values, bits, doubled or dropped stretches, a cut.
fn mutate(sample: &[u8], random: &mut ChaCha8Rng) -> Vec<u8> {
    let mut bytes = sample.to_vec();
    for _ in 0..random.random_range(0..6) {
        if bytes.is_empty() {
            break;
        }
        let at = random.random_range(0..bytes.len());
        let end = (at + random.random_range(1..30)).min(bytes.len());
        match random.random_range(0..7) {
            0 => bytes[at] = random.random(),
            1 => bytes[at] ^= 1 << random.random_range(0..8),
            2 => drop(bytes.drain(at..end)),
            3 => {
                let again = bytes[at..end].to_vec();
                bytes.splice(at..at, again);
            }
            4 => bytes.truncate(at),
            5 => drop(bytes.splice(at..at, *b"\"")),
            _ => drop(bytes.splice(at..end, b"99999999999999999999".iter().copied())),
        }
    }
    bytes
}

#[test]
fn no_reader_panics_or_loses_count() {
    let folder = tempfile::tempdir().unwrap();
    let mut random = ChaCha8Rng::seed_from_u64(7);
    for round in 0..4_000 {
        let mut bytes = mutate(SAMPLES[random.random_range(0..SAMPLES.len())], &mut random);
        if round % 10 == 0 {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            std::io::Write::write_all(&mut encoder, &bytes).unwrap();
            bytes = mutate(&encoder.finish().unwrap(), &mut random);
        }
        drive::drive(random.random_range(0..drive::READERS), &bytes, folder.path());
    }
}
