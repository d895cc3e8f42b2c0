//! The works, what is known of them up to a year, and the model: learned, or kept from the last time.

use std::fs;
use std::hash::{Hash, Hasher};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use dari_lake::Snapshot;
use dari_partners::{EvaluationOptions, FEATURES, Model, Past, learn};
use rustc_hash::FxHasher;

use crate::analysis;
use crate::cli::{Common, Lang};
use crate::corpus::{self, CorpusArgs, Named};
use crate::error::{Failure, Result};
use crate::output::WholeFile;
use crate::progress::{aside, reach, say, units_bar};

/// From what, and for when, the model is learned.
#[derive(Debug, Args)]
pub(super) struct LearnArgs {
    /// The last year that is known [default: the last with works]
    #[arg(long, value_parser = clap::value_parser!(i16).range(1..=3000), value_name = "YEAR")]
    pub(super) until: Option<i16>,
    /// Years in which a first joint work is foretold
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(i16).range(1..=100), value_name = "YEARS")]
    pub(super) horizon: i16,
    /// Seed of all draws: the same seed gives the same answer
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub(super) seed: u64,
    /// Learn the model anew, even if the one of an earlier question about the same works is kept in the lake's folder
    #[arg(long)]
    again: bool,
}

/// Works with who took part in them.
pub(super) struct Works {
    pub(super) named: Named,
    /// What is known up to a year.
    pub(super) past: Past,
    options: EvaluationOptions,
    /// What a kept model must have been learned from.
    key: String,
    read: f64,
}

/// Reads the works.
pub(super) fn works(common: &Common, snapshot: &Snapshot, corpus: &CorpusArgs, args: &LearnArgs) -> Result<Works> {
    let begin = Instant::now();
    let named = corpus::read(snapshot, common, corpus)?;
    named.tell(common);
    let last = analysis::last_year(snapshot);
    let newest = named.corpus.works().iter().rev().map(|work| work.year).find(|year| *year <= last);
    let until = args.until.or(newest).unwrap_or(last);
    let options = EvaluationOptions { seed: args.seed, ..EvaluationOptions::new(until, args.horizon) };
    let key = format!(
        "dari {} features {:?}\nlake {} {}\nworks {:?} {:?} {:?} {}\nlearned {options:?}\n",
        env!("CARGO_PKG_VERSION"),
        FEATURES.map(|feature| feature.en),
        snapshot.commit.version,
        snapshot.commit.at,
        corpus.who,
        corpus.venue,
        corpus.source,
        corpus.most
    );
    Ok(Works { past: Past::new(&named.corpus, until), named, options, key, read: begin.elapsed().as_secs_f64() })
}

impl Works {
    /// The model: kept from an earlier question about the same works, else learned and kept.
    pub(super) fn model(&self, common: &Common, args: &LearnArgs) -> Result<Model> {
        let begin = Instant::now();
        let path = place(&common.lake, &self.key);
        let kept = if args.again { None } else { kept(&path, &self.key) };
        let was_kept = kept.is_some();
        let model = match kept {
            Some(model) => model,
            None => {
                let bar = units_bar(common.pick("members whose pairs are learned", "학습 대상"));
                let model = learn(&self.named.corpus, &self.options, &[], &|done, of| reach(&bar, done, of)).map_err(|error| {
                    Failure::new(error.to_string()).hint("Choose an earlier --until or a longer --horizon, or load more works.")
                })?;
                bar.finish_and_clear();
                if let Err(error) = keep(&path, &self.key, &model) {
                    let what = common.pick(
                        "note: the model is not kept, and learned anew next time",
                        "주의: 모형을 보관하지 못해 다음에 다시 학습합니다",
                    );
                    say(&format!("{what}: {}", error.message));
                }
                model
            }
        };
        let (read, learned) = (self.read, begin.elapsed().as_secs_f64());
        aside(&match (common.lang, was_kept) {
            (Lang::En, true) => format!("read in {read:.1} s; the model is the one kept from an earlier question (--again learns it anew)"),
            (Lang::En, false) => format!("read in {read:.1} s, learned in {learned:.1} s; the model is kept for the next question"),
            (Lang::Ko, true) => format!("읽기 {read:.1}초; 이전 질문에서 저장한 모형 사용 (--again: 다시 학습)"),
            (Lang::Ko, false) => format!("읽기 {read:.1}초, 학습 {learned:.1}초; 다음 질문을 위해 모형 저장"),
        });
        Ok(model)
    }
}

/// Where the model of a key is kept.
fn place(lake: &Path, key: &str) -> PathBuf {
    let mut hasher = FxHasher::default();
    key.hash(&mut hasher);
    lake.join("_dari").join("partners").join(format!("{:016x}.model", hasher.finish()))
}

/// A kept model, if there is one of this very key. The file is the key and the model's numbers behind it.
fn kept(path: &Path, key: &str) -> Option<Model> {
    let bytes = fs::read(path).ok()?;
    let numbers = bytes.strip_prefix(key.as_bytes())?;
    let numbers: Vec<f64> = numbers.chunks(8).map(|number| number.try_into().ok().map(f64::from_le_bytes)).collect::<Option<_>>()?;
    Model::from_numbers(&numbers)
}

/// Keeps a model: all of it or nothing.
fn keep(path: &Path, key: &str, model: &Model) -> Result<()> {
    fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
    let mut bytes = key.as_bytes().to_vec();
    model.numbers().iter().for_each(|number| bytes.extend(number.to_le_bytes()));
    let mut file = WholeFile::begin(path)?;
    file.write_all(&bytes)?;
    file.finish()
}
