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
/^static JSValue js_string___GetSubstitution(/,/^}/ s/^    StringBuffer b_s, .*;$/& BOBBIN_ASK(ctx, JS_EXCEPTION);/
/^static JSValue js_regexp_escape(/,/^}/ s/^    for (i = 0; i < p->len; i++) {$/& BOBBIN_ASK_ELSE(ctx, string_buffer_free(b); JS_FreeValue(ctx, str); return JS_EXCEPTION);/
/^static JSValue js_object_getOwnPropertyDescriptor(/,/^}/ s/^    int res, flags;$/& BOBBIN_ASK(ctx, JS_EXCEPTION);/

# The compiler: names are sought among all names of a scope, and classes of characters are merged one by one.
/^static __exception int next_token(.*)$/,/^}/ s/^    if (js_check_stack_overflow(/    BOBBIN_ASK(s->ctx, -1); &/
/^static __exception int resolve_variables(.*)$/,/^}/ s/^    for (pos = 0; .*{$/& BOBBIN_ASK_ELSE(ctx, goto fail);/
/^static int parse_unicode_property(/,/^}/ s/^    p = \*pp;$/& BOBBIN_ASK_REGEXP(s);/
/^static int get_class_atom(/,/^}/ s/^    p = \*pp;$/& BOBBIN_ASK_REGEXP(s);/

# Sorting: arrays ask while they compare, typed arrays before.
/^static int js_array_cmp_generic(/,/^}/ s/^    if (psc->has_method) {$/    BOBBIN_ASK(psc->ctx, (psc->exception = 1, 0)); &/
s/^            rqsort(p->u.array.u.ptr, len, elt_size,/            BOBBIN_ASK_FOR(ctx, BOBBIN_SORTING(len, elt_size), return JS_EXCEPTION); &/

# Normal forms of Unicode.
s/^    \([ab]n\) = unicode_normalize(/    BOBBIN_ASK_FOR(ctx, BOBBIN_NORMALIZING(\1), goto exception); &/
s/^    out_len = unicode_normalize(/    BOBBIN_ASK_FOR(ctx, BOBBIN_NORMALIZING(buf_len), js_free(ctx, buf); return JS_EXCEPTION); &/
s/^    sort_cc(buf, buf_len);/    BOBBIN_SORT_RUNS(buf, buf_len);/
# How long they take depends on the characters, so they also stop on the way; what has come of it is thrown away.
/^static void to_nfd_rec(/,/^}/ s/for(i = 0; i < src_len; i++) {/for(i = 0; i < src_len \&\& BOBBIN_MAY_GO_ON; i++) {/
/^int unicode_normalize(/,/^}/ s/while (i < buf_len) {/while (i < buf_len \&\& BOBBIN_MAY_GO_ON) {/
s/^    n = min_int(an, bn);$/    BOBBIN_ASK_ELSE(ctx, goto exception); &/
s/^    val = JS_NewUTF32String(ctx, out_buf, out_len);$/    BOBBIN_ASK_ELSE(ctx, js_free(ctx, out_buf); return JS_EXCEPTION); &/
