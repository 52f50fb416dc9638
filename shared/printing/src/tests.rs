//! What stands on which page, read back from the file.

use crate::{Block, Document, layout, pdf};

fn document(blocks: Vec<Block>) -> Document {
    Document {
        language: "da",
        title: "Sletteattest".to_owned(),
        foot: "era_1".to_owned(),
        page_of: ("Side", "af"),
        blocks,
    }
}

fn row(label: &str, value: &str) -> Block {
    Block::Row(label.to_owned(), value.to_owned())
}

/// The texts that a file shows, page by page, as bytes of the encoding.
fn shown(file: &[u8]) -> Vec<Vec<Vec<u8>>> {
    let file = String::from_utf8_lossy(file).into_owned();
    let mut pages = Vec::new();
    for stream in file.split("stream\n").skip(1).step_by(2) {
        let texts = stream.lines().filter_map(|line| line.strip_suffix(" Tj"));
        pages.push(texts.map(decoded).collect());
    }
    pages
}

fn decoded(text: &str) -> Vec<u8> {
    if let Some(hex) = text.strip_prefix('<') {
        let digits: Vec<char> = hex.trim_end_matches('>').chars().collect();
        let byte = |pair: &[char]| {
            u8::from_str_radix(&pair.iter().collect::<String>(), 16).expect("two digits")
        };
        return digits.chunks(2).map(byte).collect();
    }
    let inner = &text[1..text.len() - 1];
    inner.replace("\\(", "(").replace("\\)", ")").replace("\\\\", "\\").into_bytes()
}

fn latin(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

fn all(file: &[u8]) -> Vec<String> {
    shown(file).into_iter().flatten().map(|text| latin(&text)).collect()
}

#[test]
fn d2_text_stands_in_the_file_with_danish_letters() {
    let blocks = vec![
        Block::Heading("Slettet".to_owned()),
        row("Årsag", "Ældre oplysninger på Københavns Øst (æøå ÆØÅ)"),
        Block::Text("Første linje\nanden linje".to_owned()),
    ];
    let file = pdf(&document(blocks));
    assert!(file.starts_with(b"%PDF-1.") && file.ends_with(b"%%EOF"));
    let texts = all(&file);
    for text in [
        "Sletteattest",
        "Slettet",
        "Årsag",
        "Ældre oplysninger på Københavns Øst (æøå ÆØÅ)",
        "Første linje",
        "anden linje",
        "era_1",
        "Side 1 af 1",
    ] {
        assert!(texts.contains(&text.to_owned()), "{text}: {texts:?}");
    }
}

#[test]
fn d2_what_the_font_lacks_is_replaced_visibly() {
    let texts = all(&pdf(&document(vec![row("Navn", "Zoë 中 \u{1F600} a\u{30A} \u{7}")])));
    assert!(texts.contains(&"Zoë [U+4E2D] [U+1F600] a[U+030A] [U+0007]".to_owned()), "{texts:?}");
    let texts = all(&pdf(&document(vec![row("€", "– “x” …")])));
    assert!(texts.iter().any(|text| text == "\u{96} \u{93}x\u{94} \u{85}"), "{texts:?}");
}

#[test]
fn d2_long_names_are_broken_and_nothing_of_them_is_lost() {
    let name = "Det Natur- og Biovidenskabelige Fakultet ".repeat(6);
    let hash = "0123456789abcdef".repeat(16);
    let pages = layout(&document(vec![row(&name, &hash), Block::Text(name.clone())]));
    let lines: Vec<_> = pages.concat();
    let right =
        |line: &crate::Line| line.x + crate::letters::width(&line.text, line.font, line.size);
    for line in &lines {
        assert!(right(line) <= 595.0 - 55.9, "{}", latin(&line.text));
    }
    let values: String =
        lines.iter().filter(|line| line.x > 200.0).map(|line| latin(&line.text)).collect();
    assert_eq!(values, hash);
    let labels = lines.iter().filter(|line| line.x < 200.0).skip(1).map(|line| latin(&line.text));
    let labels: Vec<String> = labels.collect();
    assert_eq!(labels.join(" "), [name.trim(), name.trim()].join(" "));
}

#[test]
fn d2_what_does_not_fit_goes_to_another_page_and_every_page_is_numbered() {
    let mut blocks: Vec<Block> = (0..60).map(|n| row(&format!("Række {n}"), "1")).collect();
    blocks.push(Block::Heading("Til sidst".to_owned()));
    let file = pdf(&document(blocks));
    let pages = shown(&file);
    assert_eq!(pages.len(), 2);
    for (place, page) in pages.iter().enumerate() {
        let texts: Vec<String> = page.iter().map(|text| latin(text)).collect();
        assert!(texts.contains(&format!("Side {} af 2", place + 1)), "{texts:?}");
        assert!(texts.contains(&"era_1".to_owned()));
    }
    let rows = all(&file).iter().filter(|text| text.starts_with("Række")).count();
    assert_eq!(rows, 60);
    for line in layout(&document(vec![Block::Text("x\n".repeat(200))])).concat() {
        assert!(line.y >= 80.0, "{line:?}");
    }
}

#[test]
fn d2_an_empty_document_has_a_page() {
    assert_eq!(shown(&pdf(&document(Vec::new()))).len(), 1);
}
