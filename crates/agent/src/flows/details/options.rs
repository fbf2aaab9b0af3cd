//! Several options in one click.

/// The options that a click's value names: one, several with ", " between them, or a JSON list of them; in the order of
/// the form. None where anything else stands there.
pub(crate) fn chosen<'o>(options: &'o [String], value: &str) -> Option<Vec<&'o String>> {
    let named: Vec<usize> = match serde_json::from_str::<Vec<String>>(value) {
        Ok(names) => {
            names.iter().map(|name| options.iter().position(|o| o == name)).collect::<Option<_>>()?
        }
        Err(_) => split(options, value)?,
    };
    let is_named = |(at, _): &(usize, &'o String)| named.contains(at);
    (!named.is_empty())
        .then(|| options.iter().enumerate().filter(is_named).map(|(_, option)| option).collect())
}

/// Cuts the value into options. One of them may have a comma itself, so at each place every option is tried.
fn split(options: &[String], value: &str) -> Option<Vec<usize>> {
    const BETWEEN: &str = ", ";
    // Places that are reached, with the option that ends there and where it began.
    let mut reached: Vec<(usize, Option<(usize, usize)>)> = vec![(0, None)];
    let mut next = 0;
    while let Some(&(from, _)) = reached.get(next) {
        let rest = value.get(from..)?;
        for (at, option) in options.iter().enumerate() {
            let Some(after) = rest.strip_prefix(option.as_str()) else { continue };
            if after.is_empty() {
                return Some(path(&reached, next, at));
            }
            let to = from + option.len() + BETWEEN.len();
            if after.starts_with(BETWEEN) && !reached.iter().any(|(known, _)| *known == to) {
                reached.push((to, Some((at, next))));
            }
        }
        next += 1;
    }
    None
}

/// The options on the way to a place, and the last.
fn path(reached: &[(usize, Option<(usize, usize)>)], place: usize, last: usize) -> Vec<usize> {
    let mut options = vec![last];
    let mut at = place;
    while let Some((_, Some((option, before)))) = reached.get(at) {
        options.push(*option);
        at = *before;
    }
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_or_several() {
        let options = ["Basket", "Bell, loud", "Lights", "Bell"].map(str::to_owned);
        let chosen =
            |value| chosen(&options, value).map(|o| o.into_iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(chosen("Lights"), Some(vec!["Lights"]));
        assert_eq!(chosen("Lights, Basket"), Some(vec!["Basket", "Lights"]));
        assert_eq!(chosen("Bell, loud"), Some(vec!["Bell, loud"]));
        assert_eq!(chosen("Bell, Bell, loud, Basket"), Some(vec!["Basket", "Bell, loud", "Bell"]));
        assert_eq!(chosen(r#"["Bell, loud","Lights"]"#), Some(vec!["Bell, loud", "Lights"]));
        for strange in ["", "[]", "Lights,", "Lights, Tyres", r#"["Tyres"]"#, "lights"] {
            assert_eq!(chosen(strange), None, "{strange}");
        }
    }
}
