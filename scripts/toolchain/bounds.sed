# Puts the bounds of counted-work.h into QuickJS. scripts/toolchain/clang says which of them each file must have.

# A BigInt has at most 131,072 bits instead of 1,048,576: writing it in decimal takes the square of its length, and
# nothing can stop that on the way. The divisions that it takes count four for each word.
s/^#define JS_BIGINT_MAX_SIZE ((1024 \* 1024) /#define JS_BIGINT_MAX_SIZE ((BOBBIN_BIGINT_BITS) /
s/v = js_mp_div1(r->tab, r->tab, len, /BOBBIN_COUNT_DIVISIONS(len); &/

# Regular expressions ask after 10,000 steps, each of which may be long.
s/unlikely(--s->interrupt_counter <= 0/& || BOBBIN_MUCH_WORK/

# Prototypes of prototypes.
s@/\* must check for timeout to avoid infinite loop \*/@BOBBIN_COUNT_LINK; &@
s@/\* avoid infinite loop (possible with proxies) \*/@BOBBIN_COUNT_LINK; &@
s/^            p1 = p1->shape->proto;$/& BOBBIN_COUNT_LINK;/
s/^        proto1 = p->shape->proto;$/& BOBBIN_COUNT_LINK;/

# Functions of the standard library that walk over elements or iterate, without a call that would ask.
/^static JSValue JS_IteratorNext2(/,/^}/ s/^    JSValue obj;$/& BOBBIN_ASK(ctx, (*pdone = false, JS_EXCEPTION));/
/^JSValue JS_GetPropertyInt64(.*)$/,/^}/ s/^    JSValue val;$/& BOBBIN_ASK(ctx, JS_EXCEPTION);/
/^static int JS_TryGetPropertyInt64(.*)$/,/^}/ s/^    int present;$/& BOBBIN_ASK(ctx, (*pval = JS_UNDEFINED, -1));/

# Sorting: arrays ask while they compare, typed arrays before.
/^static int js_array_cmp_generic(/,/^}/ s/^    int cmp;$/& BOBBIN_ASK(psc->ctx, (psc->exception = 1, 0));/
s/^            rqsort(p->u.array.u.ptr, len, elt_size, cmpfun, &tsc);/            BOBBIN_ASK_TO_SORT(ctx, len, elt_size); &/
s/^    sort_cc(buf, buf_len);/    BOBBIN_SORT_RUNS(buf, buf_len);/
