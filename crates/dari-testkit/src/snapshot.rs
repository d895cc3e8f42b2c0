//! The folders of a snapshot: `data/<form>/<entity>/updated_date=…/part_….parquet`, with a manifest an entity.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::citations::Citations;
use crate::entities;
use crate::error::{Error, io};
use crate::parallel::{Progress, parallel};
use crate::random::{Purpose, Random};
use crate::truth::{Summary, Truth};
use crate::work::Work;
use crate::world::World;
use crate::write_jsonl::{push_day, push_work};
use crate::write_parquet;

/// In which forms the records are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forms {
    /// Parquet with nested columns.
    pub parquet: bool,
    /// Lines of JSON in gzip.
    pub jsonl: bool,
}

impl Forms {
    /// Folder and ending of the files of each form chosen.
    fn each(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        [self.parquet.then_some(("parquet", "parquet")), self.jsonl.then_some(("jsonl", "gz"))].into_iter().flatten()
    }
}

/// Days of change: at most so many folders, a week apart from the first day on.
const FOLDERS: u64 = 24;
/// 2025-11-06, in days since 1970.
const FIRST_DAY: i32 = 20_398;
/// One work in so many stands in an older folder too, as it was before it was cited.
const DOUBLE_EVERY: u64 = 1000;

/// A file written.
#[derive(Debug, Clone)]
struct Written {
    form: &'static str,
    entity: &'static str,
    /// `updated_date=2025-11-06/part_0000.parquet`.
    name: String,
    bytes: u64,
    records: u64,
}

/// Writes a world into an empty folder: works, institutions, sources, funders and topics under `data/`, what is true of them under
/// `truth/`. `progress` is told of every work twice: when its references are drawn, and when it is written.
///
/// # Errors
/// Where the folder is not empty or cannot be written, or `progress` says to stop.
pub fn write(world: &World, out: &Path, forms: Forms, threads: usize, progress: &Progress<'_>) -> Result<Summary, Error> {
    fs::create_dir_all(out).map_err(io(out))?;
    if fs::read_dir(out).map_err(io(out))?.next().is_some() {
        return Err(Error::NotEmpty(out.to_owned()));
    }
    let citations = Citations::collect(world, &out.join("citations.tmp"), threads, progress)?;
    let truth = Mutex::new(Truth::new(world));
    let written = parallel(world.parts(), threads, |part| {
        let (written, counted) = write_part(world, &citations, out, forms, part, progress)?;
        truth.lock().unwrap_or_else(PoisonError::into_inner).add(&counted);
        Ok(written)
    })?;
    drop(citations);
    let truth = truth.into_inner().unwrap_or_else(PoisonError::into_inner);
    let mut written: Vec<Written> = written.into_iter().flatten().collect();
    for (entity, records) in entities::all(world, &truth, &day_text(FIRST_DAY)) {
        for (form, ending) in forms.each() {
            let name = format!("updated_date={}/part_0000.{ending}", day_text(FIRST_DAY));
            let path = out.join("data").join(form).join(entity).join(&name);
            create_parent(&path)?;
            let file = BufWriter::new(File::create(&path).map_err(io(&path))?);
            match form {
                "parquet" => entities::write_parquet(&records, file)?,
                _ => entities::write_lines(&records, GzEncoder::new(file, Compression::fast())).map_err(io(&path))?,
            }
            written.push(Written { form, entity, name, bytes: size(&path)?, records: records.len() as u64 });
        }
    }
    manifests(out, &written)?;
    truth.write(world, &out.join("truth"))
}

fn create_parent(path: &Path) -> Result<(), Error> {
    path.parent().map_or(Ok(()), |parent| fs::create_dir_all(parent).map_err(io(parent)))
}

fn size(path: &Path) -> Result<u64, Error> {
    Ok(fs::metadata(path).map_err(io(path))?.len())
}

fn day_text(day: i32) -> String {
    let mut text = String::new();
    push_day(&mut text, day);
    text
}

/// The folder of a part, and which of its files it is.
fn folder(part: u64, parts: u64) -> (u64, u64) {
    let folders = parts.min(FOLDERS);
    let folder = part * folders / parts;
    // The first part of the folder.
    let first = (folder * parts).div_ceil(folders);
    (folder, part - first)
}

fn day(part: u64, parts: u64) -> i32 {
    FIRST_DAY + 7 * folder(part, parts).0 as i32
}

/// What a part is written to.
#[derive(Default)]
struct Outputs {
    parquet: Option<write_parquet::Writer<BufWriter<File>>>,
    jsonl: Option<GzEncoder<BufWriter<File>>>,
    lines: String,
    records: u64,
}

impl Outputs {
    fn add(&mut self, world: &World, work: &Work) -> Result<(), Error> {
        self.records += 1;
        if let Some(parquet) = &mut self.parquet {
            parquet.add(world, work)?;
        }
        if self.jsonl.is_some() {
            push_work(world, work, &mut self.lines);
            if self.lines.len() > 1 << 18 {
                self.flush()?;
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Error> {
        if let Some(jsonl) = &mut self.jsonl {
            jsonl.write_all(self.lines.as_bytes()).map_err(io(Path::new("lines of JSON")))?;
        }
        self.lines.clear();
        Ok(())
    }

    fn finish(mut self) -> Result<u64, Error> {
        self.flush()?;
        let flush = |mut out: BufWriter<File>| out.flush();
        if let Some(parquet) = self.parquet {
            flush(parquet.finish()?).map_err(io(Path::new("Parquet")))?;
        }
        if let Some(jsonl) = self.jsonl {
            jsonl.finish().and_then(flush).map_err(io(Path::new("lines of JSON")))?;
        }
        Ok(self.records)
    }
}

fn write_part(
    world: &World,
    citations: &Citations,
    out: &Path,
    forms: Forms,
    part: u64,
    progress: &Progress<'_>,
) -> Result<(Vec<Written>, Truth), Error> {
    let (counts, mut truth, mut outputs) = (citations.of_part(world, part)?, Truth::new(world), Outputs::default());
    let (in_folder, number) = folder(part, world.parts());
    let own_day = day(part, world.parts());
    let name = |ending: &str| format!("updated_date={}/part_{number:04}.{ending}", day_text(FIRST_DAY + 7 * in_folder as i32));
    let path = |form: &str, ending: &str| out.join("data").join(form).join("works").join(name(ending));
    for (form, ending) in forms.each() {
        let path = path(form, ending);
        create_parent(&path)?;
        let file = BufWriter::with_capacity(1 << 18, File::create(&path).map_err(io(&path))?);
        match form {
            "parquet" => outputs.parquet = Some(write_parquet::Writer::new(file)?),
            _ => outputs.jsonl = Some(GzEncoder::new(file, Compression::fast())),
        }
    }
    let mut work = Work::default();
    let range = world.layout.range(part);
    let mut untold = 0;
    for (place, counts) in range.clone().zip(&counts) {
        world.make(place, &mut work);
        work.cited_by = *counts;
        work.updated = (own_day, (place % 86_400) as u32);
        truth.count(world, &work);
        outputs.add(world, &work)?;
        untold += 1;
        if untold == 4096 {
            progress(std::mem::take(&mut untold))?;
        }
    }
    progress(untold)?;
    truth.doubles += add_doubles(world, part, &mut work, &mut outputs)?;
    // A record without an id, which no reader can keep.
    world.make(range.start, &mut work);
    work.id = 0;
    work.updated = (own_day, 0);
    outputs.add(world, &work)?;
    truth.without_id += 1;
    let records = outputs.finish()?;
    let written = forms
        .each()
        .map(|(form, ending)| Ok(Written { form, entity: "works", name: name(ending), bytes: size(&path(form, ending))?, records }));
    Ok((written.collect::<Result<_, Error>>()?, truth))
}

/// Adds works of a later folder as they were when they were new.
fn add_doubles(world: &World, part: u64, work: &mut Work, outputs: &mut Outputs) -> Result<u64, Error> {
    let parts = world.parts();
    let later = part + parts.div_ceil(parts.min(FOLDERS));
    if later >= parts || day(later, parts) <= day(part, parts) {
        return Ok(0);
    }
    let mut doubles = 0;
    for place in world.layout.range(later) {
        if Random::new(world.seed, Purpose::Dirt, u64::MAX - place).one_in(DOUBLE_EVERY) {
            world.make(place, work);
            work.updated = (day(part, parts), 1);
            outputs.add(world, work)?;
            doubles += 1;
        }
    }
    Ok(doubles)
}

/// A manifest for each form and entity, as the snapshot has it.
fn manifests(out: &Path, written: &[Written]) -> Result<(), Error> {
    let mut kinds: Vec<(&str, &str)> = written.iter().map(|file| (file.form, file.entity)).collect();
    kinds.sort_unstable();
    kinds.dedup();
    for (form, entity) in kinds {
        let files: Vec<&Written> = written.iter().filter(|file| (file.form, file.entity) == (form, entity)).collect();
        let entries: Vec<serde_json::Value> = files
            .iter()
            .map(|file| {
                let url = format!("s3://openalex/data/{form}/{entity}/{}", file.name);
                serde_json::json!({"url": url, "meta": {"content_length": file.bytes, "record_count": file.records}})
            })
            .collect();
        let sum = |of: fn(&Written) -> u64| files.iter().map(|file| of(file)).sum::<u64>();
        let manifest = serde_json::json!({
            "entries": entries,
            "meta": {"content_length": sum(|file| file.bytes), "record_count": sum(|file| file.records)},
        });
        let path = out.join("data").join(form).join(entity).join("manifest.json");
        fs::write(&path, format!("{manifest:#}\n")).map_err(io(&path))?;
    }
    Ok(())
}
