//! The tree of pages (ISO 32000-2, 7.7.3), looked at before the library walks it.

use std::collections::HashSet;

use pdf_oxide::PdfDocument;
use pdf_oxide::object::{Object, ObjectRef};

use super::super::ExtractError;

/// Refuses a tree that goes in circles, and one of more than `most` pages.
///
/// A tree that cannot be followed is left to the library, which has other ways to find pages.
///
/// # Errors
///
/// [`ExtractError::Damaged`], [`ExtractError::Unreadable`].
pub(super) fn check(document: &PdfDocument, most: usize) -> Result<(), ExtractError> {
    let Ok(catalog) = document.catalog() else { return Ok(()) };
    let root = catalog.as_dict().and_then(|catalog| catalog.get("Pages")?.as_reference());
    let mut waiting: Vec<ObjectRef> = root.into_iter().collect();
    let mut seen: HashSet<ObjectRef> = HashSet::new();
    let mut pages = 0;
    while let Some(place) = waiting.pop() {
        let is_new = seen.insert(place);
        let Ok(node) = document.load_object(place) else { continue };
        let kids = node.as_dict().and_then(|node| node.get("Kids")).cloned();
        let kids = match kids {
            Some(Object::Reference(list)) => document.load_object(list).ok(),
            other => other,
        };
        let Some(Object::Array(kids)) = kids else {
            pages += 1;
            if pages > most {
                return Err(ExtractError::Unreadable(format!(
                    "it has more than {most} pages, which is the most that is read; split it"
                )));
            }
            continue;
        };
        if !is_new {
            return Err(ExtractError::Damaged("its pages go in circles".to_owned()));
        }
        waiting.extend(kids.iter().filter_map(Object::as_reference));
    }
    Ok(())
}
