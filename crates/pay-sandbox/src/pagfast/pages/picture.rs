//! The code of a deposit as a picture, which says of itself that no bank can pay it.

use super::ended;
use crate::pagfast::checkout::View;
use crate::provider::Reply;
use bytes::Bytes;
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderValue, X_CONTENT_TYPE_OPTIONS};
use qrcode::QrCode;
use qrcode::render::svg;

/// Side of the code, and height of the words below it.
const SIDE: u32 = 264;
const WORDS: u32 = 32;

/// Black on white whatever the page's colours: that is what scanners read.
pub(super) fn draw(view: &View) -> Reply {
    let Some(picture) = picture(&view.code) else { return ended::nothing_here() };
    Reply {
        status: StatusCode::OK,
        content_type: "image/svg+xml".to_owned(),
        retry_after: None,
        headers: vec![
            (CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox")),
            (CACHE_CONTROL, HeaderValue::from_static("no-store")),
            (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        ],
        wait_for: None,
        body: Bytes::from(picture),
        assumed: vec!["how the code is shown"],
        violation: None,
    }
}

fn picture(code: &str) -> Option<String> {
    let code = QrCode::new(code).ok()?;
    let drawn = code.render::<svg::Color<'_>>().min_dimensions(SIDE, SIDE).build();
    // Without the line that only a document of its own begins with.
    let inner = drawn.get(drawn.find("<svg")?..)?;
    let side = code_side(inner)?;
    let (height, middle, line) = (side + WORDS, side / 2, side + WORDS - 12);
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {height}\" role=\"img\" \
         aria-label=\"Sandbox code that cannot be paid\">\
         <rect width=\"{side}\" height=\"{height}\" fill=\"#fff\"/>{inner}\
         <text x=\"{middle}\" y=\"{line}\" text-anchor=\"middle\" font-family=\"sans-serif\" font-size=\"{}\" \
         font-weight=\"bold\" fill=\"#a01519\">SANDBOX: NO BANK CAN PAY THIS</text></svg>",
        side / 21
    ))
}

/// How wide the library has drawn it: a whole number of its own for each module.
fn code_side(svg: &str) -> Option<u32> {
    svg.split_once("width=\"")?.1.split_once('"')?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_is_a_code_and_says_what_it_is_not() {
        let picture = picture("SANDBOX-PIX-CANNOT-BE-PAID:x").unwrap();
        assert!(picture.starts_with("<svg") && picture.ends_with("</svg>"), "{picture}");
        assert!(picture.contains("SANDBOX: NO BANK CAN PAY THIS") && picture.matches("<svg").count() == 2);
        assert!(!picture.contains("<?xml") && !picture.contains("<script"));
        assert_ne!(picture, super::picture("SANDBOX-PIX-CANNOT-BE-PAID:y").unwrap());
    }
}
