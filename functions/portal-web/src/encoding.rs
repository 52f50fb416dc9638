//! In which form a reader takes a file.

use runtime::web::Request;

/// Whether the reader takes an encoding (RFC 9110, 12.5.3): it is named with a weight above zero.
/// What is only meant by `*` is not sent; plain is never wrong.
pub(crate) fn is_taken(request: &Request, encoding: &str) -> bool {
    let ranges = request.header("accept-encoding").unwrap_or_default().split(',');
    ranges.map(|range| range.split_once(';').unwrap_or((range, ""))).any(|(name, weight)| {
        let weight = weight.trim().trim_start_matches(['q', 'Q']).trim_start_matches('=');
        name.trim().eq_ignore_ascii_case(encoding)
            && (weight.is_empty() || weight.parse::<f32>().is_ok_and(|weight| weight > 0.0))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_encoding_is_taken_when_it_is_named_and_not_refused() {
        for (header, brotli, gzip) in [
            ("", false, false),
            ("gzip, deflate, br", true, true),
            ("GZIP;q=0.5, br;q=0", false, true),
            ("br; q=0.001", true, false),
            ("br;q=none", false, false),
            ("*", false, false),
            ("brotli, gzipped", false, false),
        ] {
            let event = json!({"headers": {"Accept-Encoding": header}});
            let request: Request = serde_json::from_value(event).unwrap();
            assert_eq!(
                (is_taken(&request, "br"), is_taken(&request, "gzip")),
                (brotli, gzip),
                "{header}"
            );
        }
    }
}
