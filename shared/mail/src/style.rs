//! The looks of an HTML mail, as inline styles: mail clients drop style sheets more often than not.
//!
//! Colours have a contrast of at least 4.5 to 1 on their ground (WCAG 2.2, 1.4.3); the dark
//! counterparts stand in `templates/layout.html`, where clients that know dark mode find them.

/// The ground behind the letter.
pub(crate) const GROUND: &str = "margin:0;padding:0;width:100%;background-color:#eef1f4;";

/// The letter itself; text is set here and inherited.
pub(crate) const LETTER: &str = "max-width:600px;margin:0 auto;background-color:#ffffff;\
    border-radius:10px;font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,'Noto Sans',\
    Helvetica,Arial,sans-serif;font-size:16px;line-height:1.55;color:#1c2733;text-align:left;";

/// The line above the heading: where the mail belongs.
pub(crate) const PLACE: &str = "margin:0 0 4px;font-size:14px;color:#4d5b6a;";

/// The one first-level heading.
pub(crate) const H1: &str =
    "margin:0 0 20px;font-size:26px;line-height:1.25;font-weight:700;color:#12324f;";

/// A section's heading.
pub(crate) const H2: &str =
    "margin:28px 0 8px;font-size:18px;line-height:1.35;font-weight:700;color:#12324f;";

/// A paragraph.
pub(crate) const P: &str = "margin:0 0 12px;";

/// The list of people.
pub(crate) const MEMBERS: &str = "margin:0 0 16px;padding:0;list-style:none;";

/// One member.
pub(crate) const MEMBER: &str = "margin:0 0 8px;padding:10px 14px;background-color:#f3f6f9;\
    border-left:4px solid #2b6cb0;border-radius:4px;overflow-wrap:anywhere;word-break:break-word;";

/// A plain list.
pub(crate) const LIST: &str = "margin:0 0 12px;padding:0 0 0 22px;";

/// An item of a plain list.
pub(crate) const ITEM: &str = "margin:0 0 6px;";

/// A link in running text.
pub(crate) const LINK: &str = "color:#1a5a99;text-decoration:underline;overflow-wrap:anywhere;";

/// The one link that is set as a button.
pub(crate) const BUTTON: &str = "display:inline-block;margin:4px 0 0;padding:12px 20px;\
    background-color:#1a5a99;color:#ffffff;font-weight:600;text-decoration:none;border-radius:6px;";

/// What stands under the letter's text: why it came and how long data is kept.
pub(crate) const SMALL: &str = "margin:28px 0 0;padding:16px 0 0;border-top:1px solid #d5dce3;\
    font-size:14px;line-height:1.5;color:#4d5b6a;";
