//! A page that holds all it needs.

use std::fmt::Write;

use super::typst::pictures;
use crate::document::{Block, Document, Sentence, Shown};
use crate::error::Result;
use crate::template::Template;

pub(super) fn html(template: &Template, document: &Document) -> Result<Vec<u8>> {
    let words = template.words(document.lang);
    let mut pictures = pictures(template, document, false)?.into_iter();
    let source = words.title("page.source")?;
    let mut out = String::new();
    let mut put = |text: &str| out.push_str(text);
    put(&format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n<style>\n{}</style>\n</head>\n<body>\n<header>\n",
        document.lang.code(),
        escaped(&document.title),
        template.text("page.css")?.replace("</", "<\\/"),
    ));
    put(&format!(
        "<p class=\"from\">{}</p>\n<h1>{}</h1>\n<p>{}</p>\n",
        escaped(template.from(document.lang)),
        escaped(&document.title),
        escaped(&document.subtitle)
    ));
    if !document.marking.is_empty() {
        put(&format!("<p class=\"marking\">{}</p>\n", escaped(&document.marking)));
    }
    put("<dl>\n");
    for (name, said) in &document.facts {
        put(&format!("<dt>{}</dt><dd>{}</dd>\n", escaped(name), escaped(said)));
    }
    put(&format!("</dl>\n</header>\n<nav aria-label=\"{0}\">\n<h2>{0}</h2>\n<ol>\n", escaped(&words.title("page.contents")?)));
    for (at, part) in document.parts.iter().enumerate() {
        put(&format!("<li><a href=\"#part-{}\">{}</a></li>\n", at + 1, escaped(&part.title)));
    }
    put("</ol>\n</nav>\n<main>\n");
    for (at, part) in document.parts.iter().enumerate() {
        put(&format!("<section>\n<h2 id=\"part-{0}\">{0}. {1}</h2>\n", at + 1, escaped(&part.title)));
        for block in &part.blocks {
            match block {
                Block::Heading { text } => put(&format!("<h3>{}</h3>\n", escaped(text))),
                Block::Paragraph { sentences } => put(&format!("<p>{}</p>\n", said(sentences))),
                Block::Callout { sentences } => put(&format!("<aside>{}</aside>\n", said(sentences))),
                Block::Points { points, numbered } => {
                    let list = if *numbered { "ol" } else { "ul" };
                    put(&format!("<{list}>\n"));
                    points.iter().for_each(|point| put(&format!("<li>{}</li>\n", said(point))));
                    put(&format!("</{list}>\n"));
                }
                Block::Table(shown) => put(&table(shown, &source)),
                Block::Chart(chart) => {
                    let svg = pictures.next().map(|picture| picture.svg).unwrap_or_default();
                    let svg = svg.replacen("<svg", &format!("<svg role=\"img\" aria-label=\"{}\"", escaped(&chart.alternative)), 1);
                    put(&format!("<figure>\n<figcaption>{}</figcaption>\n{svg}\n</figure>\n", escaped(&chart.caption)));
                }
            }
        }
        put("</section>\n");
    }
    put(&format!("</main>\n<footer><p class=\"note\">{}</p></footer>\n</body>\n</html>\n", escaped(&words.title("page.foot")?)));
    Ok(out.into_bytes())
}

fn said(sentences: &[Sentence]) -> String {
    escaped(&sentences.iter().map(|sentence| sentence.text.as_str()).collect::<Vec<_>>().join(" "))
}

fn table(shown: &Shown, source: &str) -> String {
    let mut out = format!("<div class=\"scroll\">\n<table>\n<caption>{}</caption>\n<thead><tr>", escaped(&shown.caption));
    let class = |number: bool| if number { " class=\"number\"" } else { "" };
    // Writing to a text does not fail.
    let mut put = |text: std::fmt::Arguments<'_>| {
        let _ = out.write_fmt(text);
    };
    for column in &shown.columns {
        put(format_args!("<th scope=\"col\"{}>{}</th>", class(column.number), escaped(&column.title)));
    }
    put(format_args!("</tr></thead>\n<tbody>\n"));
    for cells in &shown.cells {
        put(format_args!("<tr>"));
        for (cell, column) in cells.iter().zip(&shown.columns) {
            put(format_args!("<td{}>{}</td>", class(column.number), escaped(cell)));
        }
        put(format_args!("</tr>\n"));
    }
    put(format_args!("</tbody>\n</table>\n</div>\n"));
    if !shown.note.is_empty() {
        put(format_args!("<p class=\"note\">{}</p>\n", escaped(&shown.note)));
    }
    put(format_args!("<p class=\"note\">{}: <code>{}</code></p>\n", escaped(source), escaped(&shown.source)));
    out
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
