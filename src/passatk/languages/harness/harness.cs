using System;
using System.IO;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

static class Passatk {
    [DllImport("libc", EntryPoint = "read")]
    static extern IntPtr Read(int descriptor, byte[] into, UIntPtr size);

    [DllImport("libc", EntryPoint = "write")]
    static extern IntPtr Write(int descriptor, byte[] from, UIntPtr size);

    static int Main(string[] args) {
        var token = new byte[32];
        if ((long)Read(0, token, (UIntPtr)32) != 32) return 1;
        File.Delete("program.exe");
        try {
            TESTS;
        } catch (Exception error) {
            Console.Out.Flush();
            Console.Error.WriteLine(error.GetType().FullName + ": " + error.Message);
            return 1;
        }
        Console.Out.Flush();
        Write(3, token, (UIntPtr)32);
        return 0;
    }

    public static void Assert(bool holds, string words = "", [CallerLineNumber] int line = 0) {
        if (holds) return;
        Console.Out.Flush();
        Console.Error.WriteLine("Assertion failed: line " + line + " of the tests " + words);
        Environment.Exit(65);
    }
}
