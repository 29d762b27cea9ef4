package passatk_PASSATK_MARK

import java.io.{File, FileDescriptor, FileInputStream, FileOutputStream}

object Proof {
  def main(args: Array[String]): Unit = {
    val token = new Array[Byte](32)
    val source = new FileInputStream(FileDescriptor.in)
    var size = 0
    while (size < 32) {
      val more = source.read(token, size, 32 - size)
      if (more <= 0) Checks.end(1)
      size += more
    }
    val place = "/proc/self/fd/3"
    if (new File(place).isFile) Checks.end(1)
    val proof = new FileOutputStream(place)
    scala.util.Random.setSeed(1L)
    try TESTS
    catch {
      case thrown: Throwable =>
        thrown.printStackTrace()
        Checks.end(1)
    }
    proof.write(token)
    Checks.end(0)
  }
}

object Checks {
  def end(code: Int): Nothing = {
    Console.flush()
    System.out.flush()
    System.err.flush()
    Runtime.getRuntime.halt(code)
    throw new IllegalStateException
  }

  def assert(holds: Boolean): Unit = if (!holds) failed("")

  def assert(holds: Boolean, words: => Any): Unit = if (!holds) failed(words.toString)

  def failed(words: String): Nothing = {
    val line = new Throwable().getStackTrace.find(_.getFileName == "tests.scala").fold(0)(_.getLineNumber)
    System.err.println("assertion failed: line " + line + " of the tests " + words)
    end(65)
  }

  /** A value as tests may compare it: nothing in it says itself what it is equal to. */
  def plain[T](value: T): T = {
    look(value)
    value
  }

  private def look(value: Any): Unit = value match {
    case null => ()
    case array: Array[_] => array.foreach(look)
    case other =>
      val name = other.asInstanceOf[AnyRef].getClass.getName
      if (!name.startsWith("scala.") && !name.startsWith("java.")) failed("a value of the program's own class " + name)
      other match {
        case many: scala.collection.GenTraversableOnce[_] => many.foreach(look)
        case parts: Product => parts.productIterator.foreach(look)
        case _ => ()
      }
  }
}
