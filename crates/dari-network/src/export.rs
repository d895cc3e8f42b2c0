//! Maps for other programs.

use std::io::Write;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use serde_json::json;

use crate::Graph;

/// An item of a map.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// What it is told by; no two of a map have the same.
    pub id: String,
    /// What it is called.
    pub label: String,
    /// Where it stands.
    pub place: [f64; 2],
    /// Its community, from 0.
    pub community: u32,
    /// How large it is, by kinds of size.
    pub weights: Vec<(String, f64)>,
    /// Figures that say something else of it.
    pub scores: Vec<(String, f64)>,
    /// Words that say something of it.
    pub texts: Vec<(String, String)>,
}

/// A graph with what its nodes stand for.
#[derive(Debug, Clone, PartialEq)]
pub struct Map {
    /// One for each node of the graph.
    pub items: Vec<Item>,
    /// The links.
    pub graph: Graph,
}

impl Map {
    fn links(&self) -> impl Iterator<Item = (u32, u32, f32)> + '_ {
        let of = |node: u32| self.graph.of(node).iter().filter(move |edge| edge.to > node).map(move |edge| (node, edge.to, edge.weight));
        (0..self.graph.nodes()).flat_map(of)
    }

    /// Writes the JSON that VOSviewer opens (network: items and links; ids and clusters from 1).
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn vosviewer(&self, out: &mut impl Write) -> std::io::Result<()> {
        let object =
            |pairs: &[(String, f64)]| pairs.iter().map(|(name, value)| (name.clone(), json!(value))).collect::<serde_json::Map<_, _>>();
        let item = |(number, item): (usize, &Item)| {
            let described: Vec<String> = item.texts.iter().map(|(name, text)| format!("{name}: {text}")).collect();
            json!({
                "id": number + 1,
                "label": item.label,
                "description": described.join("; "),
                "x": item.place[0],
                "y": item.place[1],
                "cluster": item.community + 1,
                "weights": object(&item.weights),
                "scores": object(&item.scores),
            })
        };
        let items: Vec<_> = self.items.iter().enumerate().map(item).collect();
        let links: Vec<_> =
            self.links().map(|(a, b, strength)| json!({"source_id": a + 1, "target_id": b + 1, "strength": strength})).collect();
        serde_json::to_writer_pretty(&mut *out, &json!({"network": {"items": items, "links": links}}))?;
        out.write_all(b"\n")
    }

    /// Names of the attributes of items, with whether they are numbers: label, community and place, then those of the first item.
    fn attributes(&self) -> Vec<(String, bool)> {
        let fixed = [("label", false), ("community", true), ("x", true), ("y", true)].map(|(name, number)| (name.to_owned(), number));
        let of_first = self.items.first().into_iter().flat_map(|item| {
            let numbers = item.weights.iter().chain(&item.scores).map(|(name, _)| (name.clone(), true));
            numbers.chain(item.texts.iter().map(|(name, _)| (name.clone(), false)))
        });
        fixed.into_iter().chain(of_first).collect()
    }

    fn value(item: &Item, name: &str) -> Option<String> {
        match name {
            "label" => Some(item.label.clone()),
            "community" => Some((item.community + 1).to_string()),
            "x" => Some(item.place[0].to_string()),
            "y" => Some(item.place[1].to_string()),
            _ => {
                let number = item.weights.iter().chain(&item.scores).find(|(known, _)| known == name).map(|(_, value)| value.to_string());
                number.or_else(|| item.texts.iter().find(|(known, _)| known == name).map(|(_, text)| text.clone()))
            }
        }
    }

    /// Writes GraphML.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn graphml(&self, out: &mut impl Write) -> std::io::Result<()> {
        let attributes = self.attributes();
        let mut xml = Writer::new_with_indent(&mut *out, b' ', 1);
        xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        let root = xml.create_element("graphml").with_attribute(("xmlns", "http://graphml.graphdrawing.org/xmlns"));
        root.write_inner_content(|xml| {
            for (number, (name, is_number)) in attributes.iter().enumerate() {
                let kind = if *is_number { "double" } else { "string" };
                let key = xml.create_element("key").with_attribute(("id", format!("a{number}").as_str())).with_attribute(("for", "node"));
                key.with_attribute(("attr.name", name.as_str())).with_attribute(("attr.type", kind)).write_empty()?;
            }
            let key = xml.create_element("key").with_attribute(("id", "weight")).with_attribute(("for", "edge"));
            key.with_attribute(("attr.name", "weight")).with_attribute(("attr.type", "double")).write_empty()?;
            xml.create_element("graph").with_attribute(("edgedefault", "undirected")).write_inner_content(|xml| {
                for item in &self.items {
                    xml.create_element("node").with_attribute(("id", item.id.as_str())).write_inner_content(|xml| {
                        for (number, (name, _)) in attributes.iter().enumerate() {
                            if let Some(value) = Self::value(item, name) {
                                let data = xml.create_element("data").with_attribute(("key", format!("a{number}").as_str()));
                                data.write_text_content(BytesText::new(&value))?;
                            }
                        }
                        Ok(())
                    })?;
                }
                for (a, b, weight) in self.links() {
                    let ends = [a, b].map(|node| self.items[node as usize].id.as_str());
                    let edge = xml.create_element("edge").with_attribute(("source", ends[0])).with_attribute(("target", ends[1]));
                    edge.write_inner_content(|xml| {
                        let data = xml.create_element("data").with_attribute(("key", "weight"));
                        data.write_text_content(BytesText::new(&weight.to_string())).map(|_| ())
                    })?;
                }
                Ok(())
            })?;
            Ok(())
        })?;
        out.write_all(b"\n")
    }

    /// Writes GEXF 1.3, which Gephi opens.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn gexf(&self, out: &mut impl Write) -> std::io::Result<()> {
        let attributes: Vec<_> = self.attributes().into_iter().filter(|(name, _)| !["label", "x", "y"].contains(&name.as_str())).collect();
        let mut xml = Writer::new_with_indent(&mut *out, b' ', 1);
        xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        let root = xml.create_element("gexf").with_attribute(("xmlns", "http://gexf.net/1.3")).with_attribute(("version", "1.3"));
        root.with_attribute(("xmlns:viz", "http://gexf.net/1.3/viz")).write_inner_content(|xml| {
            xml.create_element("graph").with_attribute(("defaultedgetype", "undirected")).write_inner_content(|xml| {
                xml.create_element("attributes").with_attribute(("class", "node")).write_inner_content(|xml| {
                    for (number, (name, is_number)) in attributes.iter().enumerate() {
                        let kind = if *is_number { "double" } else { "string" };
                        let attribute = xml.create_element("attribute").with_attribute(("id", number.to_string().as_str()));
                        attribute.with_attribute(("title", name.as_str())).with_attribute(("type", kind)).write_empty()?;
                    }
                    Ok(())
                })?;
                xml.create_element("nodes").write_inner_content(|xml| {
                    for item in &self.items {
                        let node = xml
                            .create_element("node")
                            .with_attribute(("id", item.id.as_str()))
                            .with_attribute(("label", item.label.as_str()));
                        node.write_inner_content(|xml| {
                            xml.create_element("attvalues").write_inner_content(|xml| {
                                for (number, (name, _)) in attributes.iter().enumerate() {
                                    if let Some(value) = Self::value(item, name) {
                                        let of = xml.create_element("attvalue").with_attribute(("for", number.to_string().as_str()));
                                        of.with_attribute(("value", value.as_str())).write_empty()?;
                                    }
                                }
                                Ok(())
                            })?;
                            let [x, y] = item.place.map(|part| part.to_string());
                            let place =
                                xml.create_element("viz:position").with_attribute(("x", x.as_str())).with_attribute(("y", y.as_str()));
                            place.write_empty().map(|_| ())
                        })?;
                    }
                    Ok(())
                })?;
                xml.create_element("edges").write_inner_content(|xml| {
                    for (number, (a, b, weight)) in self.links().enumerate() {
                        let edge = xml.create_element("edge").with_attribute(("id", number.to_string().as_str()));
                        let edge = edge.with_attribute(("source", self.items[a as usize].id.as_str()));
                        let edge = edge.with_attribute(("target", self.items[b as usize].id.as_str()));
                        edge.with_attribute(("weight", weight.to_string().as_str())).write_empty()?;
                    }
                    Ok(())
                })?;
                Ok(())
            })?;
            Ok(())
        })?;
        out.write_all(b"\n")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::GraphBuilder;

    fn map() -> Map {
        let mut edges = GraphBuilder::new(2);
        edges.add(0, 1, 1.5).unwrap();
        let item = |id: &str, x: f64| Item {
            id: id.to_owned(),
            label: format!("<{id}> & \"한국\""),
            place: [x, -x],
            community: 0,
            weights: vec![("works".to_owned(), 3.0)],
            scores: vec![("year".to_owned(), 2020.5)],
            texts: vec![("country".to_owned(), "KR".to_owned())],
        };
        Map { items: vec![item("a", 0.5), item("b", -0.5)], graph: edges.build() }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let mut json = Vec::new();
        map().vosviewer(&mut json).unwrap();
        let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
        let (item, link) = (&json["network"]["items"][0], &json["network"]["links"][0]);
        assert_eq!((item["id"].as_i64(), item["cluster"].as_i64(), item["x"].as_f64()), (Some(1), Some(1), Some(0.5)));
        assert_eq!((item["label"].as_str(), item["weights"]["works"].as_f64()), (Some("<a> & \"한국\""), Some(3.0)));
        assert_eq!((link["source_id"].as_i64(), link["target_id"].as_i64(), link["strength"].as_f64()), (Some(1), Some(2), Some(1.5)));
        for (write, elements) in
            [(Map::graphml as fn(&Map, &mut Vec<u8>) -> _, ["node", "edge", "data"]), (Map::gexf, ["node", "edge", "attvalue"])]
        {
            let mut xml = Vec::new();
            write(&map(), &mut xml).unwrap();
            let text = String::from_utf8(xml).unwrap();
            let mut reader = quick_xml::Reader::from_str(&text);
            let mut seen: Vec<String> = Vec::new();
            loop {
                match reader.read_event().unwrap() {
                    Event::Start(start) | Event::Empty(start) => seen.push(String::from_utf8(start.name().as_ref().to_vec()).unwrap()),
                    Event::Eof => break,
                    _ => {}
                }
            }
            let count = |name: &str| seen.iter().filter(|seen| *seen == name).count();
            assert_eq!((count(elements[0]), count(elements[1])), (2, 1), "{text}");
            assert!(count(elements[2]) >= 8 && text.contains("&lt;a&gt; &amp;") && text.contains("한국"), "{text}");
        }
    }
}
