/// How our pages look: on screens light and dark, wide and narrow, and on paper.
///
/// Hues are those of the hops in the Wireshark profile: green for the customer's VPC, orange for
/// Hyperplane, violet for Lambda.
enum PageStyle {
  static let sheet = """
    :root{color-scheme:light dark;--ink:#16202a;--soft:#52606d;--line:#c9d1d9;--page:#fff;--panel:#f5f7f9;\
    --go:#0b5cad;--good:#1d6b3a;--bad:#9b1c1c;--hot:#8a3b00;\
    --own:#1f7a45;--shared:#c2571a;--ebpf:#4b4fc4;--own-bg:#e2f5ea;--shared-bg:#fdeedd;--ebpf-bg:#eceefe;\
    --frontend:#3f9aa3;--machine:#5b8dc9;--network:#c2571a;--initialization:#5a9a68;--wait:#8fa3b8;--other:#7a6db0;\
    --mono:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
    @media screen and (prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#a3b1bf;--line:#3d4854;\
    --page:#10161c;--panel:#18212a;--go:#7db8f5;--good:#7ee2a4;--bad:#ff9d9d;--hot:#ffc078;\
    --own:#62cf8e;--shared:#f2a65a;--ebpf:#a3a6ff;--own-bg:#173524;--shared-bg:#402c17;--ebpf-bg:#23264a;\
    --frontend:#58b5be;--machine:#6f9fd8;--network:#e07a3c;--initialization:#6fb37f;--wait:#71849a;--other:#9c8fd2}}
    *{box-sizing:border-box}
    body{margin:0;background:var(--page);color:var(--ink);\
    font:17px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
    main,header,footer{max-width:72rem;margin:0 auto;padding:0 1.1rem}
    header{padding-top:1.6rem}
    h1{font-size:1.75rem;line-height:1.2;margin:0 0 .3rem}
    h2{font-size:1.25rem;margin:2.4rem 0 .4rem}
    p{max-width:44rem;margin:.4rem 0 .9rem}
    .soft{color:var(--soft)}
    code,.mono{font-family:var(--mono);font-size:.86em}
    pre{background:var(--panel);border:1px solid var(--line);border-radius:.6rem;padding:.7rem 1rem;\
    overflow-x:auto;white-space:pre-wrap;overflow-wrap:anywhere;margin:.4rem 0 .9rem}
    .eras{list-style:none;margin:1.2rem 0 0;padding:0;display:flex;flex-wrap:wrap;gap:.6rem}
    .era{flex:1 1 14rem;border-radius:.7rem;padding:.6rem .9rem .8rem;border-left:.35rem solid}
    .era>*{display:block;line-height:1.35}
    .era .soft{font-size:.85rem}
    .era .big{font-size:1.9rem;font-weight:600;margin:.3rem 0 .1rem}
    .era.own{background:var(--own-bg);border-color:var(--own)}
    .era.shared{background:var(--shared-bg);border-color:var(--shared)}
    .era.ebpf{background:var(--ebpf-bg);border-color:var(--ebpf)}
    .split{display:grid;grid-template-columns:minmax(0,1fr);gap:1rem 1.6rem;align-items:start}
    @media (min-width:62rem){.split{grid-template-columns:minmax(0,3fr) minmax(0,2fr)}}
    figure{margin:.4rem 0}
    figure+figure{margin-top:1.4rem}
    figcaption{font-size:.92rem;margin-bottom:.3rem}
    .plot{display:block;width:100%;height:auto;overflow:visible}
    .plot.narrow{display:none}
    .plot text{fill:var(--ink);font:13px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
    .plot .tick,.plot .axis{fill:var(--soft)}
    .plot .value{font-family:var(--mono);font-size:12.5px}
    .plot .limit-label{fill:var(--bad)}
    .grid{stroke:var(--line);stroke-width:1}
    .limit{stroke:var(--bad);stroke-width:1.5;stroke-dasharray:2 4}
    .curve{fill:none;stroke-width:2.5;stroke-linejoin:round}
    .curve.own{stroke:var(--own)}
    .curve.shared{stroke:var(--shared);stroke-dasharray:9 4}
    .curve.ebpf{stroke:var(--ebpf);stroke-dasharray:2.5 4}
    .mark{stroke:var(--page);stroke-width:1.5}
    .mark.own,.bar.own{fill:var(--own)}
    .mark.shared,.bar.shared{fill:var(--shared)}
    .mark.ebpf,.bar.ebpf{fill:var(--ebpf)}
    .kind-frontend{fill:var(--frontend);background:var(--frontend)}
    .kind-machine{fill:var(--machine);background:var(--machine)}
    .kind-network{fill:var(--network);background:var(--network)}
    .kind-initialization{fill:var(--initialization);background:var(--initialization)}
    .kind-wait{fill:var(--wait);background:var(--wait)}
    .kind-other{fill:var(--other);background:var(--other)}
    .key{display:flex;flex-wrap:wrap;gap:.3rem 1.2rem;list-style:none;padding:0;margin:.4rem 0;font-size:.9rem}
    .key i{display:inline-block;width:.9rem;height:.9rem;margin-right:.35rem;vertical-align:-.1rem}
    .swatch{display:inline-block;width:2.1rem;height:.75rem;margin-right:.4rem;vertical-align:-.05rem}
    .scroll{overflow-x:auto}
    .scroll:focus-visible,pre:focus-visible,summary:focus-visible{outline:3px solid var(--go);outline-offset:2px}
    table{border-collapse:collapse;width:100%;font-size:.92rem;margin-bottom:1rem}
    caption{text-align:left;font-weight:600;padding-bottom:.3rem}
    th,td{text-align:left;padding:.28rem .8rem .28rem 0;border-bottom:1px solid var(--line);vertical-align:top}
    tbody th{font-weight:400}
    td{font-family:var(--mono);font-size:.86rem;white-space:nowrap;font-variant-numeric:tabular-nums}
    thead th{font-weight:600;color:var(--soft);font-size:.85rem}
    .wordy td:last-child,.wordy th{font-family:inherit;white-space:normal}
    .wordy .soft{font-size:.85rem}
    .numbers{table-layout:fixed;max-width:60rem}
    .numbers th:first-child{width:34%}
    .numbers th{overflow-wrap:anywhere}
    .checks{list-style:none;margin:0;padding:0}
    .checks li{max-width:60rem;padding:.55rem 0;border-bottom:1px solid var(--line)}
    .tag{display:inline-block;font:600 .78rem/1.3 system-ui,sans-serif;color:var(--soft);\
    border:1px solid;border-radius:.3rem;padding:0 .35rem;margin-left:.3rem}
    .tag.passed{color:var(--good)}
    .tag.failed{color:var(--bad)}
    .sure.assumed{color:var(--hot)}
    details{border:1px solid var(--line);border-radius:.6rem;padding:.55rem .9rem;margin:.5rem 0}
    summary{cursor:pointer;font-weight:600}
    footer{margin-top:2.5rem;padding-bottom:2.5rem;border-top:1px solid var(--line)}
    .vh{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
    @media (max-width:40rem){.plot.wide{display:none}.plot.narrow{display:block;max-width:30rem}\
    th,td{padding-right:.5rem}td{font-size:.8rem}table{font-size:.86rem}}
    @media print{body{font-size:10.5pt}main,header,footer{max-width:none;padding:0}\
    figure,tr,li,.split{break-inside:avoid}h2{break-after:avoid}.scroll{overflow:visible}\
    details::details-content{content-visibility:visible;display:block;height:auto}\
    .bar,.era,.key i{-webkit-print-color-adjust:exact;print-color-adjust:exact}}

    """
}
