// A buffer that grows and is kept: after the first few texts a parser allocates nothing.
#pragma once

#include <cstddef>
#include <memory>
#include <new>

namespace csj {

template <typename Element> class Growing {
public:
  /// Makes room for `count` elements; what was there is lost. False when memory is short.
  bool reserve(size_t count) noexcept {
    if (count <= capacity) { return true; }
    size_t wanted = capacity ? capacity : 256;
    while (wanted < count) { wanted *= 2; }
    capacity = 0;
    elements.reset(new (std::nothrow) Element[wanted]);
    if (!elements) { return false; }
    capacity = wanted;
    return true;
  }

  Element *data() const noexcept { return elements.get(); }
  Element &operator[](size_t index) const noexcept { return elements[index]; }

private:
  std::unique_ptr<Element[]> elements;
  size_t capacity = 0;
};

} // namespace csj
