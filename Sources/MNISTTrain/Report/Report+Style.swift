extension Report {
    /// The style sheet, for light and dark.
    static let style = """
        :root{color-scheme:light dark;--ink:#1c2024;--soft:#697077;--line:#d8dce0;--a:#2563c9;--b:#d9622b}
        @media(prefers-color-scheme:dark){:root{--ink:#e6e9ec;--soft:#9aa2aa;--line:#3a4047;--a:#6ea3f5;--b:#f0935f}}
        body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);max-width:1200px;margin:2rem auto;padding:0 1rem}
        h1{font-size:1.6rem;margin:0 0 1rem}h2{font-size:1.15rem;margin:2.2rem 0 .6rem}
        #summary{display:flex;flex-wrap:wrap;gap:.8rem 2.5rem}
        #summary div{color:var(--soft)}#summary b{display:block;font-size:1.5rem;color:var(--ink)}
        figure{margin:0}figcaption{color:var(--soft);font-size:.85rem}
        .wide{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,420px),1fr));gap:1rem}
        svg{width:100%;height:auto}svg text{font-size:11px;fill:var(--soft)}
        .grid{stroke:var(--line);stroke-width:1}polyline{fill:none;stroke-width:1.6;stroke-linejoin:round}
        polyline.train{stroke:var(--a)}polyline.validation{stroke:var(--b)}
        circle.train{fill:var(--a)}circle.validation{fill:var(--b)}
        span.train{color:var(--a)}span.validation{color:var(--b)}.bar{fill:var(--a)}
        table{border-collapse:collapse;font-variant-numeric:tabular-nums}
        th,td{padding:.2rem .55rem;text-align:right;border-bottom:1px solid var(--line);font-weight:400}
        th{color:var(--soft)}td.right{font-weight:600}td.none{color:var(--line)}
        #settings th,#settings td{text-align:left;vertical-align:top;white-space:pre-line}
        #mistakes,#weights{display:grid;grid-template-columns:repeat(auto-fill,minmax(112px,1fr));gap:.9rem}
        #weights{grid-template-columns:repeat(auto-fill,minmax(220px,1fr))}
        img{image-rendering:pixelated;background:#000}#mistakes img{width:84px;height:84px;display:block}
        #filters img{width:56px;height:56px;margin:0 6px 6px 0}p{color:var(--soft);margin:.2rem 0 .6rem}
        """
}
