//! The files that `web/` was built to, compiled in by `build.rs`.

/// A file of the portal.
#[derive(Debug, Clone, Copy)]
pub struct Built {
    /// Its name below `web/dist`, such as `assets/index-4f1c.js`.
    pub name: &'static str,
    /// What is in it.
    pub plain: &'static [u8],
    /// The same, packed by Brotli (RFC 7932), if that is smaller.
    pub brotli: Option<&'static [u8]>,
    /// The same, packed by gzip, if that is smaller.
    pub gzip: Option<&'static [u8]>,
}

static FILES: &[Built] = &include!(concat!(env!("OUT_DIR"), "/built.rs"));

/// All files; none if the portal was not built before the function.
pub fn files() -> &'static [Built] {
    FILES
}
