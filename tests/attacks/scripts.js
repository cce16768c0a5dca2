//// a byte sought from the front
const a = new Uint8Array(2e7); for (;;) a.indexOf(7)
//// whether a byte is there
const a = new Uint8Array(2e7); for (;;) a.includes(7)
//// a byte sought from the back
const a = new Uint8Array(2e7); for (;;) a.lastIndexOf(7)
//// remainders of huge and tiny numbers
let i=0; for (;;) 1e308 % (1e-308 + i++*1e-310)
//// remainders of huge numbers
for (let i=1;;i++) 1e308 % i
//// sines of huge numbers
for (let i=0;;i++) Math.sin(1e308 + i)
//// sines
for (let i=0;;i++) Math.sin(i)
//// tangents of huge numbers
for (let i=0;;i++) Math.tan(1e300 + i*1e290)
//// powers
for (let i=0;;i++) (1.0001+i/1e9) ** 12345.678
//// exponentials
for (let i=0;;i++) Math.exp(i/1e6)
//// hypotenuses
for (let i=0;;i++) Math.hypot(i, i+1, i+2, 5)
//// angles
for (let i=0;;i++) Math.atan2(i, 3)
//// cube roots
for (let i=0;;i++) Math.cbrt(i)
//// errors
for (;;) new Error
//// errors far down
const f = (n) => { if (n) return f(n-1); for (;;) new Error("x") }; f(60)
//// errors of the interpreter
for (;;) { try { null.x } catch {} }
//// long fractions
const s = "0." + "1".repeat(1000); for (;;) parseFloat(s)
//// very long numbers
const s = "1".repeat(1e6); for (;;) parseFloat(s)
//// fractions as text
for (let i=0;;i++) (i/7).toString()
//// fixed digits
for (let i=0;;i++) (1e20+i).toFixed(100)
//// digits of tiny numbers
for (let i=0;;i++) (i/7*1e-300).toPrecision(100)
//// digits to another base
for (let i=0;;i++) (1e300+i).toString(3)
//// marks in the wrong order
("a" + "\u0315".repeat(2e5) + "\u0327".repeat(2e5)).normalize("NFD")
//// sorting bytes
const a = new Uint8Array(1e7); for (let i = 0; i < 1e5; i++) a[i*97]=i; for (;;) a.sort()
//// sorting copies of numbers
const a = new Float64Array(2e6); for (let i=0;i<2e6;i++) a[i]=i * 7919 % 1000003; for(;;) a.toSorted()
//// an iterator that drops all
const a=[]; a.length=2**32-1; a.values().drop(2**32).next()
//// joining bytes
const a = new Uint8Array(5e6); for(;;) a.join("")
//// long dates
const s = "Thu, 01 Jan 1970 00:00:00 GMT" + " ".repeat(1e5); for(;;) Date.parse(s)
//// letters that become longer
const s="\u0130".repeat(1e6); for(;;) s.toLowerCase()
//// a pattern that takes all
const s = "a".repeat(5e4); for (;;) /[^]*b/.test(s)
//// a pattern that is not there
const s = "a".repeat(5e6); for(;;) /b/.test(s)
//// a pattern without case
const s = "a".repeat(5e6); for(;;) /B/i.test(s)
//// a pattern of classes
const s = "a".repeat(5e6); for(;;) /[\p{L}--[a]]/v.test(s)
//// comparing texts
const s="\u1e9b\u0323".repeat(1e5), t=s+"a"; for(;;) s.localeCompare(t)
//// a map of objects
const m = new Map; for (let i = 0;; i++) m.set({}, i)
//// deleting and adding
const o={}; for (let i = 0; i<1e4; i++) o["k"+i]=i; for (let i=0;;i++) { delete o["k"+i%1e4]; o["k"+i%1e4]=i }
//// a growing chain of prototypes
let o={}; for(;;) { o = Object.create(o) }
//// a long chain of prototypes
let o={}; for(let i=0;i<1e5;i++) { o = Object.create(o) } for(;;) o.x
//// an instance of a long chain
let o={}; for(let i=0;i<1e5;i++) { o = Object.create(o) } for(;;) o instanceof Date
//// a prototype of a long chain
let o={}; for(let i=0;i<1e5;i++) { o = Object.create(o) } for(;;) Date.prototype.isPrototypeOf(o)
//// inserting at the front
const a = new Array(1e6).fill(1); for(;;) a.unshift(1)
//// a text that grows at the front
let s=""; for(;;) s = "x" + s
//// flattening ropes
let s="ab"; for(let i=0;i<20;i++) s+=s; for(;;) (s+"c").charCodeAt(5)
//// parts of texts
const s="ab".repeat(1e6); for(;;) s.slice(1)
//// encoding
const s="\u1234".repeat(1e6); for(;;) encodeURIComponent(s)
//// escaping
const s="\u1234".repeat(1e6); for(;;) escape(s)
//// surrogates
const s="\u1234".repeat(1e6); for(;;) s.isWellFormed()
//// unions of sets
const a = new Set(Array(1e5).keys()), b=new Set(Array(1e5).keys()); for(;;) a.union(b)
//// groups
const a = Array(1e5).fill(1); for(;;) Object.groupBy(a, Boolean)
//// products
const x = 3n ** 40000n; for (;;) x * x
//// quotients
const x = 3n**80000n, y=3n**40000n; for(;;) x/y
//// big integers to base three
const x = 3n**80000n; for(;;) x.toString(3)
//// powers of big integers
for(;;) 3n**80000n
//// moving bytes
const a = new Uint8Array(2e7); for (;;) a.copyWithin(1, 0)
//// reversing bytes
const a = new Uint8Array(2e7); for (;;) a.reverse()
//// filling with numbers
const a = new Float64Array(2e6); for (;;) a.fill(1.5)
//// halves of numbers
const a = new Float16Array(5e6), b=new Float64Array(1e6); for (;;) a.set(b)
//// the last place of a text
const s = "a".repeat(1e6)+"b"+"a".repeat(1e6); for(;;) s.lastIndexOf("ba")
//// replacing all
const s = "ab".repeat(1e5); for(;;) s.replaceAll("b", "cc")
//// splitting into letters
const s = "ab".repeat(1e5); for(;;) s.split("")
//// letters from numbers
const a = Array(6e4).fill(65); for(;;) String.fromCodePoint(...a)
//// a maximum of many
const a = Array(6e4).fill(65); for(;;) Math.max(...a)
//// a precise sum
const a = Array(1e6).fill(1e300); for(;;) Math.sumPrecise(a)
//// a set of nothing
const a=[]; a.length=2**32-1; new Set(a)
//// an array of nothing
Array.from.call(Uint8Array, {length: 2e7})
//// assigning
const o={}; for (let i = 0; i<1e4; i++) o["k"+i]=i; for(;;) Object.assign({}, o)
//// keys that are numbers
const o={}; for (let i = 0; i<1e4; i++) o[(i*7919)%10007*3]=i; for(;;) Object.keys(o)
//// symbols
for(;;) Symbol("x").toString()
//// padding
for(;;) "".padStart(1e6, "abc")
//// names of properties
for(let i=0;;i++) ({})["x".repeat(1e5)+i]
//// keys of proxies
const a = Array.from({length:1e4}, (_, i) => "k"+i); const p = new Proxy({}, {ownKeys: () => a}); for(;;) Reflect.ownKeys(p)
//// defining properties
const d = Object.fromEntries(Array.from({length:1e4}, (_, i) => ["k"+i, {value:i}])); for(;;) Object.defineProperties({}, d)
//// sorting texts
const a = Array.from({length:1e5}, (_, i) => "k"+(i*7919)%100003); for(;;) a.toSorted()
//// sorting a million numbers
const a = new Float64Array(1e6).map((_, i) => i * 7919 % 1000003); a.sort(); a.fill(1); return 1
//// garbage that refers to itself
const all=[]; for (let i=0;i<1e5;i++) all.push({a:{b:i}}); for(;;) { let o={}; o.o=o; }
//// normal forms of a long text
const s="\u0101".repeat(2e6); for(;;) s.normalize("NFD")
//// comparing texts, again
const s="\u0101".repeat(2e6); for(;;) s.localeCompare("x")
//// replacing nothing by much
const r="ab".repeat(8e4); for(;;) r.replaceAll("", r)
//// descriptors of a long text
for (;;) Object.getOwnPropertyDescriptors("a".repeat(3e5))
//// escaping for a pattern
const s = "\u1234-".repeat(1e6); for (;;) RegExp.escape(s)
//// normal forms that grow
const s="\ufdfa".repeat(1e5); for(;;) s.normalize("NFKC")
//// normal forms of marks
const s=("a"+"\u0344\u0315\u0300".repeat(50)).repeat(3e3); for(;;) s.normalize("NFC")
//// sorting numbers again and again
const a = new Float64Array(5e5); for (let i = 0; i < a.length; i++) a[i] = i * 7919 % 1000003; for (;;) a.slice().sort()
//// sorting what is nearly in order
const a = new Uint16Array(2e6).map((_, i) => i ^ 1); for (;;) a.slice().sort()
