//! The one style sheet of all pages; their policy names its hash.

/// Colours have a contrast of at least 4.5 to 1 on their ground (WCAG 2.2, 1.4.3); text is as large as the reader has
/// set it (1.4.4).
pub(crate) const STYLE: &str = "body{margin:0;background:#f4f5f2;color:#1d2a24;font:1.0625rem/1.55 system-ui,sans-serif;\
overflow-wrap:anywhere}\
main{max-width:34rem;margin:2rem auto;padding:1.5rem;background:#fff;border-radius:12px}\
h1{font-size:1.45rem;line-height:1.25;margin:0 0 .75rem}\
h2{font-size:1.2rem;line-height:1.3;margin:0 0 .6rem}\
h3{font-size:1.02rem;line-height:1.35;margin:1.2rem 0 .4rem}\
section{border-top:1px solid #d8ded9;margin-top:1.5rem;padding-top:1.5rem}\
section:first-child{border:0;margin:0;padding:0}\
form+h2{margin-top:1.75rem}form+.links{margin-top:.75rem}\
a{color:#17573f}\
nav{max-width:34rem;margin:1rem auto -1rem;padding:0 1.5rem;text-align:right}\
nav a{display:inline-block;padding:.5rem 0}\
.place{margin:0;color:#4c5a53;font-size:.94rem}\
.said{border-left:4px solid #1f5f46;background:#eaf3ee;padding:.7rem 1rem;border-radius:4px}\
.alert{border-left:4px solid #9c1f1f;background:#fbeeee;padding:.7rem 1rem;border-radius:4px}\
ul{padding-left:1.2rem;margin:.4rem 0 1rem}\
.people,.links{list-style:none;padding:0}\
.people li{background:#f4f5f2;border-left:4px solid #1f5f46;border-radius:4px;padding:.6rem .9rem;margin:0 0 .5rem}\
.links a{display:block;border:1px solid #8a978f;border-radius:8px;padding:.7rem 1rem;margin:0 0 .6rem;\
font-weight:600;text-decoration:none;min-height:24px}\
.links a:hover{background:#eaf3ee}\
dl{margin:.4rem 0 1rem}dl div{padding:.35rem 0;border-bottom:1px solid #e6eae7}\
dt{color:#4c5a53;font-size:.94rem}dd{margin:0}\
label{display:block;font-weight:600;margin-bottom:.25rem}\
input{font:inherit;box-sizing:border-box;width:100%;padding:.65rem .8rem;border:1px solid #6b7871;border-radius:8px;\
background:#fff;color:inherit}\
input[aria-invalid]{border:2px solid #9c1f1f}\
.problem{display:block;color:#9c1f1f;margin-top:.25rem}\
button{font:inherit;font-weight:600;color:#fff;background:#1f5f46;border:0;border-radius:8px;\
padding:.8rem 1.4rem;min-height:48px;width:100%}\
.grave{background:#9c1f1f}\
.quiet{background:#fff;color:#17573f;border:1px solid #8a978f}\
button:focus-visible,a:focus-visible,input:focus-visible{outline:3px solid #a06f00;outline-offset:3px}\
@media(max-width:36rem){main{margin:0;border-radius:0;min-height:100vh}nav{margin:0;background:#fff}}";
