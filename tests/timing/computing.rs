//! Scripts that compute for ever, each by other work of the interpreter.

/// A name, and the code.
pub fn scripts() -> Vec<(&'static str, String)> {
    let long_bodies = [
        ("a long body", format!("let a = 0; for (;;) {{ {} }}", "a += 1; ".repeat(10))),
        ("a very long body", format!("let a = 0; for (;;) {{ {} }}", "a += 1; ".repeat(8_000))),
        (
            "a long body with properties",
            format!("const o = {{ a: 1 }}; for (;;) {{ {} }}", "o.a = o.a + 1; ".repeat(500)),
        ),
        ("a long body with objects", format!("let o; for (;;) {{ {} }}", "o = { a: 1, b: [] }; ".repeat(500))),
        ("a long body with functions", format!("let o; for (;;) {{ {} }}", "o = () => o; ".repeat(500))),
        (
            "a long body with strings",
            format!("let s; const p = 'x'.repeat(500); for (;;) {{ s = ''; {} }}", "s += p; ".repeat(500)),
        ),
    ];
    let short = SHORT.iter().map(|(name, code)| (*name, (*code).to_owned()));
    short.chain(long_bodies).collect()
}

const SHORT: [(&str, &str); 45] = [
    ("nothing", "while (true) {}"),
    ("sums", "let s = 0; for (;;) s += 1"),
    ("floats", "let x = 1.5; for (;;) x = Math.sin(x) * 1.1 + Math.sqrt(x)"),
    ("big integers", "let x = 1n; for (;;) x = x + 1n"),
    ("products of big integers", "const x = 3n ** 40000n; for (;;) x * x"),
    ("big integers as text", "const x = 2n ** 131000n; for (;;) String(x)"),
    ("properties", "const o = { a: 1 }; for (;;) o.a = o.a + o.a * 2 - o.a / 3"),
    ("computed properties", "const o = {}; for (let i = 0; ; i++) o['k' + i % 500] = i"),
    ("calls", "const f = (x) => x + 1; let s = 0; for (;;) s = f(s)"),
    ("constructors", "class A { constructor() { this.x = 1 } } for (;;) new A()"),
    ("private fields", "class A { #x = 1; get() { return this.#x } } const a = new A(); for (;;) a.get()"),
    ("closures", "const fs = []; for (let i = 0; ; i++) fs[i % 100] = () => i"),
    ("generators", "function* g() { for (;;) yield 1 } for (const x of g());"),
    ("awaiting", "for (;;) await 1"),
    ("throwing numbers", "for (;;) { try { throw 1 } catch {} }"),
    ("throwing errors", "for (;;) { try { throw new Error('x') } catch {} }"),
    ("destructuring", "for (;;) { const { a, b: [c] } = { a: 1, b: [2] } }"),
    ("keys in a loop", "const o = { a: 1, b: 2, c: 3 }; for (;;) for (const k in o);"),
    ("proxies", "const p = new Proxy({}, { get: () => 1 }); for (;;) p.x"),
    ("growing arrays", "let a = []; for (;;) { a.push({ x: 1 }); if (a.length > 1000) a = [] }"),
    ("reading arrays", "const a = [1, 2, 3]; let i = 0; for (;;) a[i++ % 3] = i"),
    ("copying arrays", "const a = new Array(1e4).fill(1); for (;;) a.slice()"),
    ("reducing arrays", "const a = new Array(1e4).fill(1); for (;;) a.reduce((s, x) => s + x, 0)"),
    ("sorting", "for (;;) [5, 3, 1, 2].sort((a, b) => a - b)"),
    ("an endless array", "Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)"),
    ("filling memory", "const a = new Uint8Array(1e5); for (;;) a.fill(1)"),
    ("maps", "const m = new Map(); for (let i = 0; ; i++) m.set(i % 1000, i)"),
    ("keys of objects", "const o = {}; for (let i = 0; i < 1000; i++) o['k' + i] = i; for (;;) Object.keys(o)"),
    (
        "entries of objects",
        "const o = Object.fromEntries(Array(100).entries()); for (;;) Object.fromEntries(Object.entries(o))",
    ),
    ("concatenation", "let s = ''; for (;;) { s += 'abc'; if (s.length > 1e5) s = '' }"),
    ("long strings", "for (;;) 'abc'.repeat(1e5)"),
    ("searching strings", "const s = 'a'.repeat(1e6); for (;;) s.indexOf('b')"),
    ("comparing strings", "const a = 'a'.repeat(1e6) + 'b', b = 'a'.repeat(1e6) + 'c'; for (;;) a < b"),
    ("splitting strings", "const s = 'a,b'.repeat(1000); for (;;) s.split(',')"),
    ("replacing", "const s = 'ab'.repeat(1000); for (;;) s.replace(/a/g, 'c')"),
    ("backtracking", "/(a+)+$/.test('a'.repeat(40) + 'b')"),
    ("normalizing", "const s = '\\u1e9b\\u0323'.repeat(1000); for (;;) s.normalize('NFKD')"),
    ("spreading strings", "for (;;) [...'hello world'].map((c) => c.toUpperCase()).join('')"),
    ("templates", "let i = 0; for (;;) `${i++} of ${i}`"),
    ("numbers as text", "let i = 0; for (;;) String(i++ * 1.1)"),
    ("text as numbers", "for (;;) parseFloat('123.456e7')"),
    ("reading JSON", "for (;;) JSON.parse('{\"a\":[1,2,3]}')"),
    ("writing JSON", "const o = { a: [1, 2, { b: 'x' }], c: 'abc' }; for (;;) JSON.stringify(o)"),
    ("dates", "for (;;) new Date(2020, 1, 1).toISOString()"),
    ("switches", "for (let i = 0; ; i++) switch (i % 5) { case 0: break; case 1: break; default: }"),
];
