import { createHash } from 'node:crypto';

/** Everything that the page looks like; nothing is fetched from anywhere. */
export const style = `
:root{color-scheme:light dark;--bg:#f5f6f8;--card:#fff;--text:#1b1f24;--soft:#59636e;--line:#d5dae0;--bar:#2f6fb3;--green:#157347;--amber:#8a5a00;--red:#b42318;--on:#fff}
@media (prefers-color-scheme:dark){:root{--bg:#11151a;--card:#1a2027;--text:#e8ebee;--soft:#9aa5b1;--line:#303943;--bar:#6aa9e9;--green:#4cc38a;--amber:#f0b429;--red:#ff7b72;--on:#11151a}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1rem;max-width:70rem;background:var(--bg);color:var(--text);font:1rem/1.5 system-ui,"Segoe UI",Roboto,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.4rem;margin:0}h2{font-size:1.15rem;margin:0}h3{font-size:1rem;margin:1.2rem 0 .3rem}
header,section{background:var(--card);border:1px solid var(--line);border-left:.5rem solid var(--line);border-radius:.5rem;padding:1rem;margin:0 0 1rem}
.green{border-left-color:var(--green)}.amber{border-left-color:var(--amber)}.red{border-left-color:var(--red)}
.head{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center}
.badge{border-radius:1rem;padding:.05rem .8rem;font-weight:700;color:var(--on);background:var(--soft)}
.badge.green{background:var(--green)}.badge.amber{background:var(--amber)}.badge.red{background:var(--red)}
.soft,.axis,footer{color:var(--soft);font-size:.875rem}
.reasons{padding:0;margin:.8rem 0 0;list-style:none}
.reasons li{border-left:.25rem solid var(--line);padding:.1rem 0 .1rem .8rem;margin:.6rem 0}
.reasons .red{border-color:var(--red)}.reasons .amber{border-color:var(--amber)}
.reasons p{margin:.1rem 0}
code{font:.875em ui-monospace,Consolas,monospace}
dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,13rem),1fr));gap:.6rem 1rem;margin:1rem 0 0}
dl div{border-top:1px solid var(--line);padding-top:.3rem}dt{color:var(--soft);font-size:.8rem}dd{margin:0;font-weight:600}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr));gap:1rem;margin-top:1rem}
figure{margin:0}figcaption{font-size:.875rem;color:var(--soft)}figcaption b{color:var(--text)}
svg{display:block;width:100%;height:4.5rem}.bars{stroke:var(--bar);stroke-width:2;fill:none}.grid{stroke:var(--line);stroke-width:1;fill:none;vector-effect:non-scaling-stroke}
.axis{display:flex;justify-content:space-between;margin:0}
.list{padding:0;margin:0;list-style:none}.list li{border-top:1px solid var(--line);padding:.4rem 0}.list p{margin:0}
`;

/** A policy that lets the browser do nothing but show this page with this style. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
