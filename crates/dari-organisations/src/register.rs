//! All organisations, found by their ids and followed along their relations.

use arrow::array::{Array, ArrayRef, AsArray, PrimitiveArray, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{ArrowPrimitiveType, DataType, Date32Type, Int16Type, Int64Type};
use dari_model::country;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::Error;
use crate::organisation::{Name, NameKind, Organisation, Relation, RelationKind, Status};

/// Place of an organisation in a [`Register`].
pub type Index = u32;

/// The register of organisations.
#[derive(Debug, Default)]
pub struct Register {
    organisations: Vec<Organisation>,
    by_id: FxHashMap<i64, Index>,
    by_ror: FxHashMap<String, Index>,
    parents: Vec<Vec<Index>>,
    successors: Vec<Vec<Index>>,
}

/// A step from an organisation that ended to the one that follows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The one that ended.
    pub from: Index,
    /// The one that follows.
    pub to: Index,
    /// The latest day on which that can have happened, in days since 1970-01-01: the day the record of the one that ended was last changed. ROR does not
    /// publish the day itself.
    pub by: Option<i32>,
}

impl Register {
    /// A register of these organisations. An OpenAlex institution and a ROR record with the same ROR id are one organisation.
    pub fn new(all: Vec<Organisation>) -> Register {
        let mut register = Register::default();
        // ROR records first, so that OpenAlex institutions find them.
        let (ror, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|one| one.openalex.is_none());
        for organisation in ror.into_iter().chain(others) {
            register.insert(organisation);
        }
        register.add_everyday_names();
        let related = |kind: RelationKind, register: &Register| -> Vec<Vec<Index>> {
            let of = |one: &Organisation| {
                let others = one.relations.iter().filter(|relation| relation.kind == kind);
                others.filter_map(|relation| register.by_id.get(&relation.other).copied()).collect()
            };
            register.organisations.iter().map(of).collect()
        };
        register.parents = related(RelationKind::Parent, &register);
        register.successors = related(RelationKind::Successor, &register);
        // A parent's record may name its child where the child's does not name the parent.
        for (index, children) in related(RelationKind::Child, &register).into_iter().enumerate() {
            for child in children {
                let parents = &mut register.parents[child as usize];
                if !parents.contains(&(index as Index)) {
                    parents.push(index as Index);
                }
            }
        }
        register
    }

    /// Names that everybody uses and ROR does not have.
    fn add_everyday_names(&mut self) {
        for line in include_str!("../data/additional_names.csv").lines().skip(1) {
            let Some((ror, name)) = line.split_once(',') else { continue };
            if let Some(index) = self.by_ror(ror) {
                let names = &mut self.organisations[index as usize].names;
                if !names.iter().any(|known| known.text == name) {
                    names.push(Name { text: name.to_owned(), language: Some("ko".to_owned()), kind: NameKind::Alias });
                }
            }
        }
    }

    fn insert(&mut self, organisation: Organisation) {
        if let Some(&known) = organisation.ror.as_ref().and_then(|ror| self.by_ror.get(ror)) {
            let known_one = &mut self.organisations[known as usize];
            if let Some(number) = organisation.openalex {
                known_one.openalex = Some(number);
                let new = |name: &Name| !known_one.names.iter().any(|other| other.text == name.text);
                let names: Vec<Name> = organisation.names.iter().filter(|name| new(name)).cloned().collect();
                // What OpenAlex displays is, beside ROR's, another name.
                let lower = |name: Name| Name { kind: if name.kind == NameKind::Display { NameKind::Alias } else { name.kind }, ..name };
                known_one.names.extend(names.into_iter().map(lower));
            }
            self.by_id.insert(organisation.id, known);
            return;
        }
        let index = self.organisations.len() as Index;
        self.by_id.insert(organisation.id, index);
        if let Some(ror) = &organisation.ror {
            self.by_ror.insert(ror.clone(), index);
        }
        self.organisations.push(organisation);
    }

    /// All organisations.
    pub fn all(&self) -> &[Organisation] {
        &self.organisations
    }

    /// The organisation at a place.
    ///
    /// # Panics
    /// If the place is not of this register.
    pub fn get(&self, index: Index) -> &Organisation {
        &self.organisations[index as usize]
    }

    /// The organisation of an id of the lake (ROR record or OpenAlex institution).
    pub fn by_id(&self, id: i64) -> Option<Index> {
        self.by_id.get(&id).copied()
    }

    /// The organisation of a ROR id, with or without resolver, in any case.
    pub fn by_ror(&self, ror: &str) -> Option<Index> {
        self.by_ror.get(&dari_model::ror::key(ror)?).copied()
    }

    /// The organisation of an OpenAlex institution id: `I12345`, `https://openalex.org/I12345`.
    pub fn by_openalex(&self, text: &str) -> Option<Index> {
        self.by_id(dari_model::id::openalex(b'I', text)?)
    }

    /// The organisations this one is a part of, directly.
    pub fn parents(&self, index: Index) -> &[Index] {
        &self.parents[index as usize]
    }

    /// Whether `ancestor` is a parent, a parent's parent and so on of `index`.
    pub fn is_part_of(&self, index: Index, ancestor: Index) -> bool {
        let mut open = vec![index];
        let mut seen = FxHashSet::default();
        while let Some(next) = open.pop() {
            for &parent in self.parents(next) {
                if parent == ancestor {
                    return true;
                }
                if seen.insert(parent) {
                    open.push(parent);
                }
            }
        }
        false
    }

    /// The way from an organisation that ended to the one that stands for it today: empty for one that is active, that has no successor in the register, or
    /// that was split among several (which of them is meant cannot be told).
    pub fn succession(&self, index: Index) -> Vec<Step> {
        let mut steps: Vec<Step> = Vec::new();
        let mut at = index;
        while self.get(at).status != Status::Active {
            let &[to] = self.successors[at as usize].as_slice() else { break };
            // Records that name each other as successors lead nowhere.
            if to == index || steps.iter().any(|step| step.from == to) {
                break;
            }
            steps.push(Step { from: at, to, by: self.get(at).updated });
            at = to;
        }
        steps
    }

    /// The organisation that stands for this one today: the last of its [succession](Self::succession), or itself.
    pub fn today(&self, index: Index) -> Index {
        self.succession(index).last().map_or(index, |step| step.to)
    }

    /// A hash over ids, names and relations: equal registers match alike.
    pub fn fingerprint(&self) -> i64 {
        let mut hash = 0i64;
        for one in &self.organisations {
            let mut text =
                format!("{}|{:?}|{:?}|{:?}|{:?}|{:?}|{:?}", one.id, one.ror, one.country, one.city, one.status, one.domains, one.types);
            for name in &one.names {
                text.push_str(&format!("|{:?}{}", name.kind, name.text));
            }
            for relation in &one.relations {
                text.push_str(&format!("|{:?}{}", relation.kind, relation.other));
            }
            // A sum, so that the order of the organisations does not matter.
            hash = hash.wrapping_add(dari_model::id::record_hash(text.as_bytes()));
        }
        hash
    }
}

/// Puts a [`Register`] together from rows of the lake's tables `organisations`, `organisation_names` and `organisation_relations`, in any order.
#[derive(Debug, Default)]
pub struct Builder {
    organisations: Vec<Organisation>,
    names: Vec<(i64, Name)>,
    relations: Vec<(i64, Relation)>,
}

impl Builder {
    /// Takes the rows of `organisations`.
    ///
    /// # Errors
    /// Where a column is missing or of another kind.
    pub fn organisations(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        const TABLE: &str = "organisations";
        let (ids, updated) = (primitive::<Int64Type>(TABLE, batch, "id")?, primitive::<Date32Type>(TABLE, batch, "updated_date")?);
        let texts = |column| text(TABLE, batch, column);
        let (source, ror, name, country, city) = (texts("source")?, texts("ror")?, texts("name")?, texts("country")?, texts("city")?);
        let (types, status, domains) = (texts("types")?, texts("status")?, texts("domains")?);
        let established = primitive::<Int16Type>(TABLE, batch, "established")?;
        let list = |column: &StringArray, row| -> Vec<String> {
            value(column, row).unwrap_or_default().split('|').filter(|part| !part.is_empty()).map(str::to_lowercase).collect()
        };
        for row in 0..batch.num_rows() {
            let id = ids.value(row);
            self.organisations.push(Organisation {
                id,
                ror: value(&ror, row).map(str::to_lowercase),
                openalex: (value(&source, row) == Some("openalex")).then_some(id),
                name: value(&name, row).unwrap_or_default().to_owned(),
                names: Vec::new(),
                country: value(&country, row).and_then(country::by_code).map(|country| country.code),
                city: value(&city, row).map(str::to_owned),
                types: list(&types, row),
                status: Status::parse(value(&status, row).unwrap_or_default()),
                established: (!established.is_null(row)).then(|| established.value(row)),
                domains: list(&domains, row),
                relations: Vec::new(),
                updated: (!updated.is_null(row)).then(|| updated.value(row)),
            });
        }
        Ok(())
    }

    /// Takes the rows of `organisation_names`.
    ///
    /// # Errors
    /// Where a column is missing or of another kind.
    pub fn names(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        const TABLE: &str = "organisation_names";
        let ids = primitive::<Int64Type>(TABLE, batch, "organisation_id")?;
        let (name, language, kind) = (text(TABLE, batch, "name")?, text(TABLE, batch, "language")?, text(TABLE, batch, "kind")?);
        for row in 0..batch.num_rows() {
            let name = Name {
                text: value(&name, row).unwrap_or_default().to_owned(),
                language: value(&language, row).map(str::to_owned),
                kind: NameKind::parse(value(&kind, row).unwrap_or_default()),
            };
            self.names.push((ids.value(row), name));
        }
        Ok(())
    }

    /// Takes the rows of `organisation_relations`.
    ///
    /// # Errors
    /// Where a column is missing or of another kind.
    pub fn relations(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        const TABLE: &str = "organisation_relations";
        let ids = primitive::<Int64Type>(TABLE, batch, "organisation_id")?;
        let others = primitive::<Int64Type>(TABLE, batch, "related_id")?;
        let (kind, name) = (text(TABLE, batch, "relation")?, text(TABLE, batch, "related_name")?);
        for row in 0..batch.num_rows() {
            let relation = Relation {
                kind: RelationKind::parse(value(&kind, row).unwrap_or_default()),
                other: others.value(row),
                name: value(&name, row).map(str::to_owned),
            };
            self.relations.push((ids.value(row), relation));
        }
        Ok(())
    }

    /// The register of the rows taken. Organisations come in order of their ids, whatever the order of the rows.
    pub fn finish(mut self) -> Register {
        self.organisations.sort_by_key(|one| one.id);
        let place = |organisations: &[Organisation], id: i64| organisations.binary_search_by_key(&id, |one| one.id).ok();
        for (id, name) in self.names {
            if let Some(place) = place(&self.organisations, id) {
                self.organisations[place].names.push(name);
            }
        }
        for (id, relation) in self.relations {
            if let Some(place) = place(&self.organisations, id) {
                self.organisations[place].relations.push(relation);
            }
        }
        for one in &mut self.organisations {
            // Of names that are alike the best kind stays, then the one whose language is known, so that the order of rows does not matter.
            one.names.sort_by(|a, b| {
                (&a.text, a.kind, a.language.is_none(), &a.language).cmp(&(&b.text, b.kind, b.language.is_none(), &b.language))
            });
            one.names.dedup_by(|a, b| a.text == b.text);
            one.names.sort_by(|a, b| (a.kind, &a.text).cmp(&(b.kind, &b.text)));
            one.relations.sort_by_key(|relation| (relation.kind as u8, relation.other));
        }
        Register::new(self.organisations)
    }
}

fn column(table: &'static str, batch: &RecordBatch, name: &'static str, kind: &DataType) -> Result<ArrayRef, Error> {
    let column = batch.column_by_name(name).ok_or(Error::Column { table, column: name })?;
    Ok(cast(column, kind)?)
}

fn primitive<T: ArrowPrimitiveType>(table: &'static str, batch: &RecordBatch, name: &'static str) -> Result<PrimitiveArray<T>, Error> {
    Ok(column(table, batch, name, &T::DATA_TYPE)?.as_primitive::<T>().clone())
}

/// The engine hands out text in several layouts; here it is always the same.
fn text(table: &'static str, batch: &RecordBatch, name: &'static str) -> Result<StringArray, Error> {
    Ok(column(table, batch, name, &DataType::Utf8)?.as_string::<i32>().clone())
}

fn value(column: &StringArray, row: usize) -> Option<&str> {
    (!column.is_null(row)).then(|| column.value(row)).filter(|text| !text.is_empty())
}
