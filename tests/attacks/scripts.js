//// u8 indexOf
const a = new Uint8Array(2e7); for (;;) a.indexOf(7)
//// u8 includes
const a = new Uint8Array(2e7); for (;;) a.includes(7)
//// u8 lastIndexOf
const a = new Uint8Array(2e7); for (;;) a.lastIndexOf(7)
//// remainders of huge and tiny numbers
let i=0; for (;;) 1e308 % (1e-308 + i++*1e-310)
//// remainders of huge numbers
for (let i=1;;i++) 1e308 % i
//// sines of huge numbers
for (let i=0;;i++) Math.sin(1e308 + i)
//// sinsmall
for (let i=0;;i++) Math.sin(i)
//// tangents of huge numbers
for (let i=0;;i++) Math.tan(1e300 + i*1e290)
//// pow
for (let i=0;;i++) (1.0001+i/1e9) ** 12345.678
//// exp
for (let i=0;;i++) Math.exp(i/1e6)
//// hypot
for (let i=0;;i++) Math.hypot(i, i+1, i+2, 5)
//// atan2
for (let i=0;;i++) Math.atan2(i, 3)
//// cbrt
for (let i=0;;i++) Math.cbrt(i)
//// errors
for (;;) new Error
//// errors far down
const f = (n) => { if (n) return f(n-1); for (;;) new Error("x") }; f(60)
//// throw
for (;;) { try { null.x } catch {} }
//// parseFloat
const s = "0." + "1".repeat(1000); for (;;) parseFloat(s)
//// parseFloatlong
const s = "1".repeat(1e6); for (;;) parseFloat(s)
//// toString
for (let i=0;;i++) (i/7).toString()
//// toFixed
for (let i=0;;i++) (1e20+i).toFixed(100)
//// toPrecision
for (let i=0;;i++) (i/7*1e-300).toPrecision(100)
//// toStringradix
for (let i=0;;i++) (1e300+i).toString(3)
//// normalize
("a" + "\u0315".repeat(2e5) + "\u0327".repeat(2e5)).normalize("NFD")
//// u8sort
const a = new Uint8Array(1e7); for (let i = 0; i < 1e5; i++) a[i*97]=i; for (;;) a.sort()
//// f64sort2
const a = new Float64Array(2e6); for (let i=0;i<2e6;i++) a[i]=i * 7919 % 1000003; for(;;) a.toSorted()
//// drop
const a=[]; a.length=2**32-1; a.values().drop(2**32).next()
//// join
const a = new Uint8Array(5e6); for(;;) a.join("")
//// date
const s = "Thu, 01 Jan 1970 00:00:00 GMT" + " ".repeat(1e5); for(;;) Date.parse(s)
//// lower
const s="\u0130".repeat(1e6); for(;;) s.toLowerCase()
//// regexp
const s = "a".repeat(5e6); for(;;) /[^]*b/.test(s)
//// regexp2
const s = "a".repeat(5e6); for(;;) /b/.test(s)
//// regexpcase
const s = "a".repeat(5e6); for(;;) /B/i.test(s)
//// regexpclass
const s = "a".repeat(5e6); for(;;) /[\p{L}--[a]]/v.test(s)
//// localeCompare
const s="\u1e9b\u0323".repeat(1e5), t=s+"a"; for(;;) s.localeCompare(t)
//// mapset
const m = new Map; for (let i = 0;; i++) m.set({}, i)
//// delete
const o={}; for (let i = 0; i<1e4; i++) o["k"+i]=i; for (let i=0;;i++) { delete o["k"+i%1e4]; o["k"+i%1e4]=i }
//// setproto
let o={}; for(;;) { o = Object.create(o) }
//// protochain
let o={}; for(let i=0;i<1e5;i++) { o = Object.create(o) } for(;;) o.x
//// instanceof
let o={}; for(let i=0;i<1e5;i++) { o = Object.create(o) } for(;;) o instanceof Date
//// isPrototypeOf
let o={}; for(let i=0;i<1e5;i++) { o = Object.create(o) } for(;;) Date.prototype.isPrototypeOf(o)
//// spliceunshift
const a = new Array(1e6).fill(1); for(;;) a.unshift(1)
//// concat
let s=""; for(;;) s = "x" + s
//// ropeflatten
let s="ab"; for(let i=0;i<20;i++) s+=s; for(;;) (s+"c").charCodeAt(5)
//// sub
const s="ab".repeat(1e6); for(;;) s.slice(1)
//// encode
const s="\u1234".repeat(1e6); for(;;) encodeURIComponent(s)
//// escape
const s="\u1234".repeat(1e6); for(;;) escape(s)
//// wellformed
const s="\u1234".repeat(1e6); for(;;) s.isWellFormed()
//// union
const a = new Set(Array(1e5).keys()), b=new Set(Array(1e5).keys()); for(;;) a.union(b)
//// groupBy
const a = Array(1e5).fill(1); for(;;) Object.groupBy(a, Boolean)
//// bigmul
const x = 3n**80000n; for(;;) x*x
//// bigdiv
const x = 3n**80000n, y=3n**40000n; for(;;) x/y
//// bigstr3
const x = 3n**80000n; for(;;) x.toString(3)
//// bigpow
for(;;) 3n**80000n
//// copyWithin
const a = new Uint8Array(2e7); for (;;) a.copyWithin(1, 0)
//// reverse
const a = new Uint8Array(2e7); for (;;) a.reverse()
//// fill64
const a = new Float64Array(2e6); for (;;) a.fill(1.5)
//// f16
const a = new Float16Array(5e6), b=new Float64Array(1e6); for (;;) a.set(b)
//// lastIndexOfstr
const s = "a".repeat(1e6)+"b"+"a".repeat(1e6); for(;;) s.lastIndexOf("ba")
//// replaceAllstr
const s = "ab".repeat(1e5); for(;;) s.replaceAll("b", "cc")
//// split
const s = "ab".repeat(1e5); for(;;) s.split("")
//// fromCodePoint
const a = Array(6e4).fill(65); for(;;) String.fromCodePoint(...a)
//// max
const a = Array(6e4).fill(65); for(;;) Math.max(...a)
//// sumPrecise
const a = Array(1e6).fill(1e300); for(;;) Math.sumPrecise(a)
//// sparseSet
const a=[]; a.length=2**32-1; new Set(a)
//// arrayFromLike
Array.from.call(Uint8Array, {length: 2e7})
//// assign
const o={}; for (let i = 0; i<1e4; i++) o["k"+i]=i; for(;;) Object.assign({}, o)
//// intlike
const o={}; for (let i = 0; i<1e4; i++) o[(i*7919)%10007*3]=i; for(;;) Object.keys(o)
//// symboldesc
for(;;) Symbol("x").toString()
//// padStart
for(;;) "".padStart(1e6, "abc")
//// atomize
for(let i=0;;i++) ({})["x".repeat(1e5)+i]
//// proxyownkeys
const a = Array.from({length:1e4}, (_, i) => "k"+i); const p = new Proxy({}, {ownKeys: () => a}); for(;;) Reflect.ownKeys(p)
//// defineProps
const d = Object.fromEntries(Array.from({length:1e4}, (_, i) => ["k"+i, {value:i}])); for(;;) Object.defineProperties({}, d)
//// toSortedstr
const a = Array.from({length:1e5}, (_, i) => "k"+(i*7919)%100003); for(;;) a.toSorted()
//// f64sort1M
const a = new Float64Array(1e6).map((_, i) => i * 7919 % 1000003); a.sort(); a.fill(1); return 1
//// gc
const all=[]; for (let i=0;i<1e5;i++) all.push({a:{b:i}}); for(;;) { let o={}; o.o=o; }
//// normalizewide
const s="\u0101".repeat(2e6); for(;;) s.normalize("NFD")
//// localeCompare
const s="\u0101".repeat(2e6); for(;;) s.localeCompare("x")
//// replaceAll3
const r="ab".repeat(8e4); for(;;) r.replaceAll("", r)
