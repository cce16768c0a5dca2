// ends: value
let n = 0;
a: for (let i = 0; i < 100; i++) {
    b: {
        switch (i % 3) {
            case 0:
                continue a;
            case 1:
                break b;
            default:
                n++;
        }
        try {
            break b;
        } finally {
            n++;
        }
    }
}
return n;
