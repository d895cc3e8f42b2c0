//! Rules of single kinds, beyond their fields and states.

use crate::error::{Error, Result};
use crate::exports;
use crate::kinds::Kind;
use crate::period::Period;
use crate::record::Record;
use crate::unit::Unit;

/// Checks a record that is about to be stored. `today` is the day of the change.
pub(crate) async fn check(unit: &mut Unit<'_>, kind: &Kind, before: Option<&Record>, record: &Record, today: i32) -> Result<()> {
    let moved = before.is_none_or(|before| before.state != record.state);
    match kind.name {
        "call" => call(unit, before, record, moved).await,
        "proposal" => proposal(unit, record, moved).await,
        "review" => review(unit, before, record, moved).await,
        "exchange" => differ(record, "home", "host_side"),
        "facility-time" => facility_time(record),
        "agreement" => agreement(record),
        "contribution" => contribution(record),
        "workshop" | "meeting" => held(record, moved, today),
        "organisation" => identifier(record, "ror", exports::ror, "a ROR id, which https://ror.org finds: 03ysstz10"),
        "person" => identifier(record, "orcid", exports::orcid, "an ORCID: 0000-0002-1825-0097"),
        _ => Ok(()),
    }
}

async fn call(unit: &mut Unit<'_>, before: Option<&Record>, record: &Record, moved: bool) -> Result<()> {
    if let (Some(opens), Some(closes)) = (period(record, "opens"), period(record, "closes"))
        && closes.to < opens.from
    {
        return Err(Error::input(format!("'{}' closes before it opens", record.id)));
    }
    if record.rows("criteria").any(|row| row.get("most").and_then(serde_json::Value::as_f64).is_none_or(|most| most <= 0.0)) {
        return Err(Error::input("a criterion whose highest score is 0 tells nothing apart"));
    }
    let fixed = ["criteria", "sides_required"]
        .iter()
        .any(|field| before.is_some_and(|before| before.content.get(*field) != record.content.get(*field)));
    if fixed && before.is_some_and(|before| before.state != "draft") {
        return Err(Error::input(format!("'{}' is out: who may propose and how it is judged stay as they are", record.id))
            .hint("Cancel it and make another."));
    }
    if moved && record.state == "decided" {
        let proposals = unit.naming("proposal", "call", &record.id).await?;
        if let Some(left) = proposals.iter().find(|proposal| proposal.state == "submitted") {
            return Err(Error::input(format!("'{}' is not decided: '{}' is still submitted", record.id, left.id))
                .hint("Decide on every proposal first."));
        }
    }
    Ok(())
}

async fn proposal(unit: &mut Unit<'_>, record: &Record, moved: bool) -> Result<()> {
    let Some(call) = record.text("call") else { return Ok(()) };
    let call = unit.need(call).await?.clone();
    if !moved {
        return Ok(());
    }
    let day = record.since.unwrap_or_default();
    match record.state.as_str() {
        "submitted" => {
            if call.state != "open" {
                return Err(Error::input(format!("'{}' takes no proposals: it is '{}'", call.id, call.state)));
            }
            let opens = period(&call, "opens").map_or(i32::MIN, |period| period.from);
            let closes = period(&call, "closes").map_or(i32::MAX, |period| period.to);
            if day < opens || day > closes {
                let when = |day: i32| dari_model::date::format(day);
                let hint = if day < opens { format!("It opens on {}.", when(opens)) } else { format!("It closed on {}.", when(closes)) };
                return Err(Error::input(format!("'{}' takes no proposals on {}", call.id, when(day))).hint(hint));
            }
            let missing: Vec<&str> = call
                .texts("sides_required")
                .filter(|side| record.rows("team").all(|row| row.get("side").and_then(|side| side.as_str()) != Some(side)))
                .collect();
            if !missing.is_empty() {
                return Err(Error::input(format!("'{}' has nobody of {} in its team", record.id, missing.join(", "))).hint(format!(
                    "'{}' asks for a team of {}.",
                    call.id,
                    call.texts("sides_required").collect::<Vec<_>>().join(" and ")
                )));
            }
        }
        "selected" | "reserve" | "not_selected" if call.state != "in_review" => {
            return Err(Error::input(format!("'{}' cannot be decided on: '{}' is '{}'", record.id, call.id, call.state))
                .hint("Close the call first: move it to in_review."));
        }
        _ => {}
    }
    Ok(())
}

async fn review(unit: &mut Unit<'_>, before: Option<&Record>, record: &Record, moved: bool) -> Result<()> {
    let reviewer = record.text("reviewer").unwrap_or_default();
    if crate::party::Scope::of_id(&record.id)? != crate::party::Scope::Reviews(reviewer.to_owned()) {
        return Err(Error::input(format!("the review '{}' is not in the scope of its reviewer", record.id))
            .hint(format!("Its id begins with ~{reviewer}:")));
    }
    let Some(proposal) = record.text("proposal") else { return Ok(()) };
    let proposal = unit.need(proposal).await?.clone();
    if let Some(before) = before {
        if before.state != "assigned" {
            return Err(Error::input(format!("'{}' is {}: it stays as it is", record.id, before.state)));
        }
        if ["proposal", "reviewer"].iter().any(|field| before.content.get(*field) != record.content.get(*field)) {
            return Err(Error::input("a review stays with its proposal and its reviewer"));
        }
    } else if let Some(organisation) = record.text("organisation")
        && proposal.rows("team").any(|row| row.get("organisation").and_then(|id| id.as_str()) == Some(organisation))
    {
        return Err(Error::input(format!("'{reviewer}' belongs to '{organisation}', which is in the team of '{}'", proposal.id))
            .hint("Choose another reviewer."));
    }
    if moved && record.state == "conflict" && record.text("conflict").is_none() {
        return Err(Error::input("which conflict of interest?").hint("Say it in the field 'conflict'."));
    }
    let call = unit.need(proposal.text("call").unwrap_or_default()).await?;
    let scores = record.content.get("scores").and_then(|scores| scores.as_object());
    for (name, score) in scores.into_iter().flatten() {
        let criterion = call.rows("criteria").find(|row| row.get("name").and_then(|other| other.as_str()) == Some(name));
        let Some(criterion) = criterion else {
            let names: Vec<&str> = call.rows("criteria").filter_map(|row| row.get("name")?.as_str()).collect();
            return Err(
                Error::input(format!("'{name}' is no criterion of '{}'", call.id)).hint(format!("Criteria are {}.", names.join(", ")))
            );
        };
        let most = criterion.get("most").and_then(serde_json::Value::as_f64).unwrap_or_default();
        if score.as_f64().is_none_or(|score| score > most) {
            return Err(Error::input(format!("'{name}' is {score}, above {most}")));
        }
    }
    if moved && record.state == "submitted" {
        let missing: Vec<&str> = call
            .rows("criteria")
            .filter_map(|row| row.get("name")?.as_str())
            .filter(|name| scores.is_none_or(|scores| !scores.contains_key(*name)))
            .collect();
        if !missing.is_empty() {
            return Err(Error::input(format!("no score for {}", missing.join(", "))).hint("A review has a score for every criterion."));
        }
    }
    Ok(())
}

fn facility_time(record: &Record) -> Result<()> {
    let (granted, used) = (record.number("granted"), record.number("used"));
    if matches!(record.state.as_str(), "granted" | "used") && granted.is_none() {
        return Err(Error::input(format!("'{}' is {} without saying how much", record.id, record.state)).hint("Set 'granted'."));
    }
    if record.state == "used" && used.is_none() {
        return Err(Error::input(format!("'{}' is used without saying how much", record.id)).hint("Set 'used'."));
    }
    if used.unwrap_or_default() > granted.unwrap_or_default() {
        return Err(Error::input(format!("'{}' uses {} of {} granted", record.id, used.unwrap_or_default(), granted.unwrap_or_default())));
    }
    Ok(())
}

fn agreement(record: &Record) -> Result<()> {
    let (signed, force, until) = (period(record, "signed"), period(record, "in_force"), period(record, "until"));
    if let (Some(from), Some(until)) = (force.or(signed), until)
        && until.to < from.from
    {
        return Err(Error::input(format!("'{}' ends before it begins", record.id)));
    }
    if matches!(record.state.as_str(), "signed" | "in_force") && signed.or(force).is_none() {
        return Err(Error::input(format!("'{}' is {} without a date", record.id, record.state)).hint("Set 'signed' or 'in_force'."));
    }
    Ok(())
}

fn contribution(record: &Record) -> Result<()> {
    if record.content.contains_key("money") || record.content.contains_key("in_kind") {
        return Ok(());
    }
    Err(Error::input(format!("'{}' says neither what money nor what in kind", record.id)).hint("Set 'money' or 'in_kind'."))
}

/// What is to come has not been held.
fn held(record: &Record, moved: bool, today: i32) -> Result<()> {
    match period(record, "date") {
        Some(date) if moved && record.state == "held" && date.from > today => {
            Err(Error::input(format!("'{}' is on {date}: it cannot have been held", record.id)).hint("Mend the date, or leave it planned."))
        }
        _ => Ok(()),
    }
}

/// An identifier whose digits check, so that one mistyped is noticed here and not by whoever reads what is exported.
fn identifier(record: &Record, field: &str, known: fn(&str) -> Option<String>, expected: &str) -> Result<()> {
    match record.text(field) {
        Some(text) if known(text).is_none() => Err(Error::input(format!("'{field}' is '{text}'")).hint(format!("Expected: {expected}."))),
        _ => Ok(()),
    }
}

fn differ(record: &Record, one: &str, other: &str) -> Result<()> {
    if record.text(one) == record.text(other) {
        return Err(Error::input(format!("'{one}' and '{other}' of '{}' are the same", record.id)));
    }
    Ok(())
}

fn period(record: &Record, field: &str) -> Option<Period> {
    record.text(field).and_then(Period::parse)
}
