// Loads TensorFlow's framework library and leaves out its first notices, which it writes before it reads TF_CPP_MIN_LOG_LEVEL.
// Whatever else it writes meanwhile is passed on.
#include <dlfcn.h>
#include <node_api.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cctype>
#include <cstdlib>
#include <sstream>
#include <string>

static std::string ContentOf(int file) {
  std::string content;
  char part[4096];
  lseek(file, 0, SEEK_SET);
  for (ssize_t count; (count = read(file, part, sizeof part)) > 0;) content.append(part, count);
  return content;
}

/** A line of the level INFO, or the one that says where lines go. */
static bool IsNotice(const std::string &line) {
  return line.rfind("WARNING: All log messages before absl::InitializeLog()", 0) == 0 ||
         (line.size() > 1 && line[0] == 'I' && std::isdigit(static_cast<unsigned char>(line[1])));
}

NAPI_MODULE_INIT() {
  const char *level = std::getenv("TF_CPP_MIN_LOG_LEVEL");
  if (level == nullptr || std::atoi(level) < 1) return exports;
  const int own = dup(STDERR_FILENO);
  const int held = memfd_create("notices", MFD_CLOEXEC);
  if (own < 0 || held < 0) return exports;
  dup2(held, STDERR_FILENO);
  dlopen("libtensorflow_framework.so.2", RTLD_LAZY);
  dup2(own, STDERR_FILENO);
  std::istringstream lines(ContentOf(held));
  for (std::string line; std::getline(lines, line);) {
    line += '\n';
    if (!IsNotice(line) && write(STDERR_FILENO, line.data(), line.size()) < 0) break;
  }
  close(own);
  close(held);
  return exports;
}
