//! Small files of each format, built by hand.

use std::fmt::Write as _;
use std::io::Write as _;

/// A member of an archive: name and content.
pub type Part<'a> = (&'a str, &'a [u8]);

/// A ZIP archive; its members are compressed.
pub fn zip(parts: &[Part<'_>]) -> Vec<u8> {
    let packed: Vec<(&str, u32, usize, Vec<u8>)> = parts
        .iter()
        .map(|(name, content)| (*name, crc32fast::hash(content), content.len(), deflate(content)))
        .collect();
    zip_of_packed(&packed)
}

/// A ZIP archive of members that are compressed already: name, checksum, size, compressed content.
pub fn zip_of_packed(parts: &[(&str, u32, usize, Vec<u8>)]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, crc, size, packed) in parts {
        let at = u32::try_from(out.len()).unwrap();
        let mut common = Vec::new();
        for number in [20_u16, 0, 8, 0, 0] {
            common.extend(number.to_le_bytes());
        }
        for number in [*crc, u32::try_from(packed.len()).unwrap(), u32::try_from(*size).unwrap()] {
            common.extend(number.to_le_bytes());
        }
        common.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        common.extend([0, 0]);
        out.extend(b"PK\x03\x04");
        out.extend(&common);
        out.extend(name.as_bytes());
        out.extend(packed);
        directory.extend(b"PK\x01\x02\x14\0");
        directory.extend(&common);
        directory.extend([0; 10]);
        directory.extend(at.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let (at, count) = (u32::try_from(out.len()).unwrap(), u16::try_from(parts.len()).unwrap());
    let size = u32::try_from(directory.len()).unwrap();
    out.extend(directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend(count.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend(size.to_le_bytes());
    out.extend(at.to_le_bytes());
    out.extend([0, 0]);
    out
}

/// Content compressed without a header.
pub fn deflate(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::new(6));
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// Content as a PDF's `FlateDecode` has it.
pub fn zlib(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::new(6));
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

const XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";

/// The list of content types.
fn types(overrides: &[(&str, &str)]) -> String {
    let mut out = format!(
        "{XML}<Types xmlns=\"{PACKAGE}/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/>"
    );
    for (part, kind) in overrides {
        write!(out, "<Override PartName=\"/{part}\" ContentType=\"application/vnd.openxmlformats-officedocument.{kind}+xml\"/>").unwrap();
    }
    out + "</Types>"
}

/// Relationships: id, type, target.
fn relations(list: &[(String, &str, String)]) -> String {
    let mut out = format!("{XML}<Relationships xmlns=\"{PACKAGE}/relationships\">");
    for (id, kind, target) in list {
        write!(out, "<Relationship Id=\"{id}\" Type=\"{OFFICE}/{kind}\" Target=\"{target}\"/>").unwrap();
    }
    out + "</Relationships>"
}

/// The parts of a DOCX with a document part of any content.
pub fn docx_parts(document: String) -> Vec<(String, String)> {
    vec![
        (
            "[Content_Types].xml".into(),
            types(&[
                ("word/document.xml", "wordprocessingml.document.main"),
                ("word/styles.xml", "wordprocessingml.styles"),
            ]),
        ),
        ("_rels/.rels".into(), relations(&[("r1".into(), "officeDocument", "word/document.xml".into())])),
        ("word/_rels/document.xml.rels".into(), relations(&[("r1".into(), "styles", "styles.xml".into())])),
        (
            "word/styles.xml".into(),
            format!(
                "{XML}<w:styles xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:style w:type=\"paragraph\" w:styleId=\"Heading1\"><w:name w:val=\"heading 1\"/><w:pPr><w:outlineLvl w:val=\"0\"/></w:pPr></w:style></w:styles>"
            ),
        ),
        ("word/document.xml".into(), document),
    ]
}

/// A DOCX with a body.
pub fn docx(body: &str) -> Vec<u8> {
    packed(&docx_parts(format!(
        "{XML}<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>{body}</w:body></w:document>"
    )))
}

/// An archive of parts that are text.
pub fn packed(parts: &[(String, String)]) -> Vec<u8> {
    let parts: Vec<Part<'_>> = parts.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    zip(&parts)
}

/// A sheet: its name and rows.
pub type Sheet<'a> = (&'a str, &'a [&'a [&'a str]]);

/// The parts of an XLSX; what can be read as a number is one.
pub fn xlsx_parts(sheets: &[Sheet<'_>]) -> Vec<(String, String)> {
    let mut overrides = vec![("xl/workbook.xml".to_owned(), "spreadsheetml.sheet.main")];
    let (mut links, mut list, mut parts) = (Vec::new(), String::new(), Vec::new());
    for (number, (name, rows)) in (1..).zip(sheets) {
        let path = format!("worksheets/sheet{number}.xml");
        overrides.push((format!("xl/{path}"), "spreadsheetml.worksheet"));
        links.push((format!("r{number}"), "worksheet", path.clone()));
        write!(list, "<sheet name=\"{name}\" sheetId=\"{number}\" r:id=\"r{number}\"/>").unwrap();
        let mut data = String::new();
        for (row, cells) in (1..).zip(*rows) {
            write!(data, "<row r=\"{row}\">").unwrap();
            for (column, cell) in ('A'..='Z').zip(*cells) {
                match cell.parse::<f64>() {
                    Ok(_) => write!(data, "<c r=\"{column}{row}\"><v>{cell}</v></c>"),
                    Err(_) => {
                        write!(data, "<c r=\"{column}{row}\" t=\"inlineStr\"><is><t>{cell}</t></is></c>")
                    }
                }
                .unwrap();
            }
            data.push_str("</row>");
        }
        parts.push((
            format!("xl/{path}"),
            format!("{XML}<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>{data}</sheetData></worksheet>"),
        ));
    }
    let overrides: Vec<(&str, &str)> = overrides.iter().map(|(part, kind)| (part.as_str(), *kind)).collect();
    parts.extend([
        ("[Content_Types].xml".into(), types(&overrides)),
        ("_rels/.rels".into(), relations(&[("r1".into(), "officeDocument", "xl/workbook.xml".into())])),
        ("xl/_rels/workbook.xml.rels".into(), relations(&links)),
        (
            "xl/workbook.xml".into(),
            format!("{XML}<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"{OFFICE}\"><sheets>{list}</sheets></workbook>"),
        ),
    ]);
    parts
}

/// An XLSX.
pub fn xlsx(sheets: &[Sheet<'_>]) -> Vec<u8> {
    packed(&xlsx_parts(sheets))
}

/// A PPTX of slides with a title and a text.
pub fn pptx(slides: &[(&str, &str)]) -> Vec<u8> {
    let mut overrides = vec![("ppt/presentation.xml".to_owned(), "presentationml.presentation.main")];
    let (mut links, mut list, mut parts) = (Vec::new(), String::new(), Vec::new());
    let shape = |placeholder: &str, text: &str| {
        format!(
            "<p:sp><p:nvSpPr><p:cNvPr id=\"2\" name=\"x\"/><p:cNvSpPr/><p:nvPr>{placeholder}</p:nvPr></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>"
        )
    };
    for (number, (title, text)) in (1..).zip(slides) {
        let path = format!("slides/slide{number}.xml");
        overrides.push((format!("ppt/{path}"), "presentationml.slide"));
        links.push((format!("r{number}"), "slide", path.clone()));
        write!(list, "<p:sldId id=\"{}\" r:id=\"r{number}\"/>", 255 + number).unwrap();
        let shapes = shape("<p:ph type=\"title\"/>", title) + &shape("", text);
        parts.push((
            format!("ppt/{path}"),
            format!("{XML}<p:sld xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" xmlns:p=\"http://schemas.openxmlformats.org/presentationml/2006/main\"><p:cSld><p:spTree>{shapes}</p:spTree></p:cSld></p:sld>"),
        ));
    }
    let overrides: Vec<(&str, &str)> = overrides.iter().map(|(part, kind)| (part.as_str(), *kind)).collect();
    parts.extend([
        ("[Content_Types].xml".into(), types(&overrides)),
        ("_rels/.rels".into(), relations(&[("r1".into(), "officeDocument", "ppt/presentation.xml".into())])),
        ("ppt/_rels/presentation.xml.rels".into(), relations(&links)),
        (
            "ppt/presentation.xml".into(),
            format!("{XML}<p:presentation xmlns:p=\"http://schemas.openxmlformats.org/presentationml/2006/main\" xmlns:r=\"{OFFICE}\"><p:sldIdLst>{list}</p:sldIdLst></p:presentation>"),
        ),
    ]);
    packed(&parts)
}

/// A PDF of numbered objects, the first the catalogue.
pub fn pdf(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut places = Vec::new();
    for (number, object) in (1..).zip(objects) {
        places.push(out.len());
        out.extend(format!("{number} 0 obj\n").bytes());
        out.extend(object);
        out.extend(b"\nendobj\n");
    }
    let table = out.len();
    out.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).bytes());
    for place in places {
        out.extend(format!("{place:010} 00000 n \n").bytes());
    }
    let size = objects.len() + 1;
    out.extend(format!("trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n").bytes());
    out
}

/// A stream object.
pub fn stream(dictionary: &str, content: &[u8]) -> Vec<u8> {
    let mut out = format!("<< {dictionary} /Length {} >>\nstream\n", content.len()).into_bytes();
    out.extend(content);
    out.extend(b"\nendstream");
    out
}

/// A PDF of pages with a line of text each.
pub fn pdf_pages(pages: &[&str]) -> Vec<u8> {
    let contents: Vec<String> =
        pages.iter().map(|text| format!("BT /F1 12 Tf 40 300 Td ({text}) Tj ET")).collect();
    pdf_contents(&contents)
}

/// A PDF of pages, by what draws them.
pub fn pdf_contents(pages: &[String]) -> Vec<u8> {
    let kids: Vec<String> = (0..pages.len()).map(|at| format!("{} 0 R", 4 + at * 2)).collect();
    let mut objects = vec![
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        format!("<< /Type /Pages /Count {} /Kids [{}] /MediaBox [0 0 400 400] /Resources << /Font << /F1 3 0 R >> >> >>", pages.len(), kids.join(" ")).into_bytes(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_vec(),
    ];
    for (at, content) in pages.iter().enumerate() {
        objects.push(format!("<< /Type /Page /Parent 2 0 R /Contents {} 0 R >>", 5 + at * 2).into_bytes());
        objects.push(stream("", content.as_bytes()));
    }
    pdf(&objects)
}
