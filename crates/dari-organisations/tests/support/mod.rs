//! What tests and the fitting of the model share.
#![allow(dead_code)]

use dari_organisations::{Builder, Register};

/// The register of ROR files in either schema.
pub(crate) fn register(files: &[String]) -> Result<Register, Box<dyn std::error::Error>> {
    let mut builder = Builder::default();
    for location in files {
        for file in dari_sources::input::files(location)? {
            dari_sources::ror::read(&file, &mut |chunk| {
                for (table, batch) in &chunk.tables {
                    let taken = match table.name {
                        "organisations" => builder.organisations(batch),
                        "organisation_names" => builder.names(batch),
                        _ => builder.relations(batch),
                    };
                    taken.map_err(|error| dari_sources::Error::Receiver(error.into()))?;
                }
                Ok(())
            })?;
        }
    }
    Ok(builder.finish())
}

/// The register that ships.
pub(crate) fn shipped() -> Result<Register, Box<dyn std::error::Error>> {
    register(&[concat!(env!("CARGO_MANIFEST_DIR"), "/../../demo/ror/ror.jsonl.gz").to_owned()])
}

/// Prints a line.
#[expect(clippy::print_stderr, reason = "tools for developers speak to their terminal")]
pub(crate) fn say(text: &str) {
    eprintln!("{text}");
}

/// Letters and digits of a text, lower case: what tells affiliations apart whatever their punctuation.
pub(crate) fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
