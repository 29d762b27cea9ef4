// a name that the program cannot know
mod passatk_MARK {
    use ::std::prelude::v1::*;

    static mut TOKEN: [u8; 32] = [0; 32];

    extern "C" {
        fn read(descriptor: i32, into: *mut u8, size: usize) -> isize;
        fn write(descriptor: i32, from: *const u8, size: usize) -> isize;
    }

    // before any initialiser of the program
    #[used]
    #[link_section = ".preinit_array"]
    static TAKE: extern "C" fn() = take;

    extern "C" fn take() {
        unsafe {
            read(0, ::std::ptr::addr_of_mut!(TOKEN) as *mut u8, 32);
        }
    }

    pub fn give() {
        unsafe {
            write(3, ::std::ptr::addr_of!(TOKEN) as *const u8, 32);
        }
    }

    pub trait Outcome {
        fn words(self) -> String;
    }

    impl Outcome for () {
        fn words(self) -> String { String::new() }
    }

    impl<T, E: ::std::fmt::Debug> Outcome for Result<T, E> {
        fn words(self) -> String { self.err().map_or(String::new(), |error| ::std::format!("{:?}", error)) }
    }

    pub fn test<T: Outcome>(test: fn() -> T) {
        let words = test().words();
        ::std::assert!(words.is_empty(), "assertion failed: {}", words);
    }

    pub fn should_panic<T>(expected: &str, test: fn() -> T) {
        let payload = ::std::panic::catch_unwind(test).err().expect("assertion failed: the test did not panic");
        let text = payload.downcast_ref::<&str>().map(|words| words.to_string());
        let words = text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_default();
        ::std::assert!(words.contains(expected), "assertion failed: {:?} where {:?} was expected", words, expected);
    }
}
