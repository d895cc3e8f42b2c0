//! `dari load`: bring data into the lake.

mod rejects;
mod run;

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use dari_model::table::{AGGREGATES_GROUP, AWARDS_GROUP, BUDGETS_GROUP, ORGANISATIONS_GROUP, SCREENING_GROUP, TOPICS_GROUP, WORKS_GROUP};
use dari_sources::input::files;
use dari_sources::openalex::{self, Entity, snapshot};
use dari_sources::{aggregates, awards, bibliography, budgets, ror, screening, topics};

use crate::cli::Common;
use crate::error::{Failure, Result};
pub(crate) use run::{Job, Report};

/// Arguments of `dari load`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  dari load openalex s3://openalex/data/jsonl/topics
  dari load openalex snapshot/ --since 2026-06-01
  dari load tables --source our-institute --works works.csv --authorships authorships.parquet
  dari load awards --source nsf-xml 2017.zip
  dari load budgets demo/budgets/budgets.csv
  dari load aggregates country-topic country_topic.parquet --name \"OpenAlex 2010-2024\"

Files that were loaded before and have not changed since are passed over; a load that was cut off goes on where it
stopped when it is given again. Records that are refused are listed with the reason in a file named at the end.")]
pub(crate) struct LoadArgs {
    #[command(subcommand)]
    source: Source,
    /// Read files again that were loaded before
    #[arg(long, global = true)]
    force: bool,
    /// File for the records that are refused [default: a new one in the lake's folder]
    #[arg(long, global = true, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// Threads that parse
    #[arg(long, global = true, value_name = "N")]
    threads: Option<usize>,
}

#[derive(Debug, Subcommand)]
enum Source {
    /// OpenAlex: the snapshot or parts of it (Parquet, gzip JSON lines), saved API pages; a path, s3:// or https://
    Openalex {
        /// File, folder, s3://bucket/prefix or https://…
        location: String,
        /// Kind of record, if neither folder nor ids tell
        #[arg(long, value_name = "KIND")]
        entity: Option<Entity>,
        /// Leave out parts in folders updated_date=… before this day
        #[arg(long, value_name = "DATE")]
        since: Option<String>,
        /// Leave out abstracts
        #[arg(long)]
        no_abstracts: bool,
    },
    /// A bibliography of your own as CSV or Parquet
    Tables {
        /// Works: work_id, title; also publication_year, venue, type, doi, cited_by_count, language, abstract, publication_date;
        /// per-work author_names, institution_names, country_codes ('|' between several)
        #[arg(long, value_name = "FILE")]
        works: PathBuf,
        /// Authorships: work_id, author_position, author_name, author_id, raw_affiliation, normalised_affiliation, country_codes
        #[arg(long, value_name = "FILE")]
        authorships: Option<PathBuf>,
        /// Short name of the bibliography
        #[arg(long, value_name = "NAME")]
        source: String,
    },
    /// ROR, the register of research organisations (schema v1 or v2; JSON, gz or zip)
    Ror {
        /// File, folder or address
        location: String,
    },
    /// OpenAlex topics as CSV
    Topics {
        /// File or address
        location: String,
    },
    /// Awards of funding agencies
    Awards {
        /// Form of the files
        #[arg(long, value_enum)]
        source: AwardSource,
        /// Short name of the funder, for the form `table`
        #[arg(long, default_value = "own", value_name = "NAME")]
        name: String,
        /// File, folder, archive (tar.gz, zip) or address
        location: String,
    },
    /// Published budgets as CSV: country, year, amount, currency, source_title; also agency, programme, framework, technology, scope, unit,
    /// source_url, source_date, note
    Budgets {
        /// File or address
        location: String,
    },
    /// Published counts: works by country and topic, or joint works of pairs of countries
    Aggregates {
        /// What is counted
        #[arg(value_enum)]
        kind: AggregateKind,
        /// CSV or Parquet
        location: String,
        /// Name of the data set; one of the same name is replaced
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
        /// Source and licence, shown beside figures
        #[arg(long, value_name = "TEXT")]
        description: Option<String>,
    },
    /// A screening list as CSV, or the US Consolidated Screening List as JSON
    Screening {
        /// File or address
        location: String,
        /// Short name of the list; for the Consolidated Screening List what its parts' names begin with (us-csl)
        #[arg(long, default_value = "us-dod-1286", value_name = "NAME")]
        list: String,
        /// Edition, if the file does not say
        #[arg(long, value_name = "DATE")]
        edition: Option<String>,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum AwardSource {
    /// NSF awards as XML (one file an award, also in archives)
    NsfXml,
    /// Answers of the NSF award search API
    NsfJson,
    /// NSF awards as a sheet
    NsfSheet,
    /// DOE Office of Science grants as a sheet
    DoeSheet,
    /// Awards of your own: award_id, title, abstract, amount, currency, start_date, end_date, country, agency, …
    Table,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum AggregateKind {
    /// period, topic_id, country_code, works, world_works
    CountryTopic,
    /// year, country_a, country_b, works
    CountryPairs,
}

pub(crate) fn run(common: &Common, args: &LoadArgs) -> Result<()> {
    let job = |what: String, reader: String, group| Job {
        lake: common.lake.clone(),
        what,
        reader,
        group,
        force: args.force,
        rejects: args.rejects.clone(),
        threads: args.threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(2, usize::from)).max(1),
    };
    match &args.source {
        Source::Openalex { location, entity, since, no_abstracts } => {
            load_openalex(&job, location, *entity, since.as_deref(), !no_abstracts)
        }
        Source::Tables { source, .. } if ["openalex", "ror", "nsf", "doe"].contains(&source.as_str()) => {
            return Err(Failure::misuse(format!("'{source}' is the name of another source"))
                .hint("Give your bibliography a name of its own with --source."));
        }
        Source::Tables { works, authorships, source } => {
            let authorships = authorships.as_deref().map(dari_sources::File::local).transpose()?;
            let works = dari_sources::File::local(works)?;
            // The two are one source: a change of either reads both again.
            let reader = format!("tables {source}{}", authorships.as_ref().map_or(String::new(), |file| format!(" {}", file.fingerprint)));
            let job = job(format!("bibliography {source}: {}", works.name), reader, &WORKS_GROUP);
            job.run_simple(vec![works], |file, emit| bibliography::read(file, authorships.as_ref(), source, emit))
        }
        Source::Ror { location } => {
            job(format!("ROR: {location}"), "ror".to_owned(), &ORGANISATIONS_GROUP).run_simple(files(location)?, ror::read)
        }
        Source::Topics { location } => {
            job(format!("topics: {location}"), "topics".to_owned(), &TOPICS_GROUP).run_simple(files(location)?, topics::read)
        }
        Source::Awards { source, name, location } => {
            let form = source.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
            let job = job(format!("awards ({form}): {location}"), format!("awards {form} {name}"), &AWARDS_GROUP);
            job.run_simple(files(location)?, |file, emit| match source {
                AwardSource::NsfXml => awards::nsf_xml::read(file, emit),
                AwardSource::NsfJson => awards::nsf_json::read(file, emit),
                AwardSource::NsfSheet => awards::nsf_sheet::read(file, emit),
                AwardSource::DoeSheet => awards::doe_sheet::read(file, emit),
                AwardSource::Table => awards::table::read(file, name, emit),
            })
        }
        Source::Budgets { location } => {
            job(format!("budgets: {location}"), "budgets".to_owned(), &BUDGETS_GROUP).run_simple(files(location)?, budgets::read)
        }
        Source::Aggregates { kind, location, name, description } => {
            let (kind, form) = match kind {
                AggregateKind::CountryTopic => (aggregates::Kind::CountryTopic, "country-topic"),
                AggregateKind::CountryPairs => (aggregates::Kind::CountryPairs, "country-pairs"),
            };
            let files = files(location)?;
            if files.len() > 1 {
                return Err(Failure::misuse(format!("{location} holds {} files; a data set is one file", files.len())));
            }
            let name = name.as_deref().unwrap_or(form);
            let job = job(
                format!("aggregate {name}: {location}"),
                format!("aggregates {form} {name} {}", description.as_deref().unwrap_or_default()),
                &AGGREGATES_GROUP,
            );
            job.run_simple(files, |file, emit| aggregates::read(file, kind, name, description.as_deref(), emit))
        }
        Source::Screening { location, list, edition } => {
            let job = job(format!("screening list {list}: {location}"), format!("screening {list}"), &SCREENING_GROUP);
            job.run_simple(files(location)?, |file, emit| screening::read(file, list, edition.as_deref(), emit))
        }
    }
    .and_then(|report| report.print())
}

fn load_openalex(
    job: &dyn Fn(String, String, &'static dari_model::Group) -> Job,
    location: &str,
    entity: Option<Entity>,
    since: Option<&str>,
    abstracts: bool,
) -> Result<Report> {
    let found = snapshot::find(location, entity, since)?;
    let mut deleted = Vec::new();
    let mut warnings = found.warnings;
    for file in &found.deleted {
        let (ids, strange) = snapshot::read_deleted(file)?;
        if strange > 0 {
            warnings.push(format!("{}: {strange} lines hold no id", file.name));
        }
        deleted.extend(ids);
    }
    if found.parts.is_empty() && deleted.is_empty() {
        return Err(Failure::new(format!("{location}: no files of records")).hint("Give a file, or a folder with parts of the snapshot."));
    }
    let mut total = Report::default();
    let mut parts = found.parts;
    if !deleted.is_empty() {
        parts.entry(Entity::Works).or_default();
    }
    for (entity, files) in parts {
        let reader = format!("openalex {}{}", entity.name(), if abstracts || entity != Entity::Works { "" } else { " without abstracts" });
        let job = job(format!("OpenAlex {}: {location}", entity.name()), reader, entity.group());
        let deleted = if entity == Entity::Works { deleted.as_slice() } else { &[] };
        let options = openalex::Options { abstracts };
        total.add(
            job.run(files, deleted, std::mem::take(&mut warnings), |file, receivers| openalex::read(file, entity, options, receivers))?,
        );
    }
    Ok(total)
}
