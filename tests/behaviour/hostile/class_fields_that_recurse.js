// ends: stack
class A {
    a = new A();
}
return new A();
