//! The line from what was said to what came of it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use sqlx::Row;

use crate::error::{Error, Result};
use crate::read::Line;
use crate::register::{Reading, Session};
use crate::store::Statement;

/// Most records that a line is followed through.
const MOST: usize = 20_000;

/// Where a record came from and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Lineage {
    /// The record itself.
    pub record: Line,
    /// What it came about through, nearest first.
    pub back: Vec<Relative>,
    /// What came about through it, nearest first.
    pub forth: Vec<Relative>,
}

/// A record that another came about through.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Relative {
    /// How many steps away, from 1.
    pub steps: usize,
    /// The record one step nearer to the one asked about.
    pub by: String,
    /// The record.
    pub record: Line,
}

impl Reading {
    /// One step: (record, the one it was reached by).
    async fn step(&mut self, ids: &[String], forth: bool) -> Result<Vec<(String, String)>> {
        let (wanted, given) = if forth { ("source", "target") } else { ("target", "source") };
        let mut found = Vec::new();
        for part in ids.chunks(10_000) {
            let statement = Statement::new("SELECT ")
                .sql(wanted)
                .sql(" AS wanted, ")
                .sql(given)
                .sql(" AS given FROM links WHERE ")
                .sql(given)
                .sql(" IN ");
            let statement = statement.list(part.iter().map(String::as_str)).sql(" AND came_from = 1 AND ");
            let rows = self.seen(statement, "scope").sql(" ORDER BY 1, 2").rows(&mut self.on).await?;
            for row in rows {
                found.push((row.try_get("wanted")?, row.try_get("given")?));
            }
        }
        Ok(found)
    }

    async fn relatives(&mut self, id: &str, forth: bool) -> Result<Vec<Relative>> {
        let mut known = BTreeSet::from([id.to_owned()]);
        let mut reached: Vec<(usize, String, String)> = Vec::new();
        let mut border = vec![id.to_owned()];
        let mut steps = 0;
        while !border.is_empty() && known.len() < MOST {
            steps += 1;
            let mut next = Vec::new();
            for (wanted, by) in self.step(&border, forth).await? {
                if known.insert(wanted.clone()) {
                    reached.push((steps, by, wanted.clone()));
                    next.push(wanted);
                }
            }
            border = next;
        }
        let ids: Vec<String> = reached.iter().map(|(_, _, id)| id.clone()).collect();
        let mut lines: BTreeMap<String, Line> = self.lines_of(&ids).await?;
        Ok(reached.into_iter().filter_map(|(steps, by, id)| Some(Relative { steps, by, record: lines.remove(&id)? })).collect())
    }

    /// The ids of all that came about through a record, that record with them.
    pub(crate) async fn descendants(&mut self, id: &str) -> Result<BTreeSet<String>> {
        let relatives = self.relatives(id, true).await?;
        Ok(relatives.into_iter().map(|relative| relative.record.id).chain([id.to_owned()]).collect())
    }
}

impl Session<'_> {
    /// Where a record came from, back to what was said, and what came of it, forth to the results.
    pub async fn lineage(&self, id: &str) -> Result<Lineage> {
        let mut reading = self.reading().await?;
        let record = reading.lines_of(&[id.to_owned()]).await?.remove(id).ok_or_else(|| Error::NotFound(id.to_owned()))?;
        let back = reading.relatives(id, false).await?;
        let forth = reading.relatives(id, true).await?;
        Ok(Lineage { record, back, forth })
    }
}
