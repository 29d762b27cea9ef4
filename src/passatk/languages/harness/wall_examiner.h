// The examiner's side, as the tests see it.
namespace passatk_wall {

struct Task {
    const char *name;
    int (*run)();
};
extern const Task tasks[];  // made for each workshop; ends with an empty one

[[noreturn]] void failed(const char *words, int line);

// One call of the program.
class Call {
  public:
    Out out;
    In in;
    Call(unsigned which, unsigned count);
    void ask();                // sends `out`; the value follows in `in`
    void done();               // behind the value, nothing changed
    void nothing();            // the function returns nothing
    unsigned changes();        // how many arguments changed
    unsigned place(unsigned);  // of the next of them, of so many arguments
    void end();

  private:
    unsigned long long number;
    unsigned long long seen[4];
};

}  // namespace passatk_wall
